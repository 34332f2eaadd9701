// How cycles ended of late, hour by hour, so that health can look back over its monitoring period
// without keeping every cycle. Hours that nobody can ask for any more are forgotten.

package struct CycleHistory: Sendable, Hashable, Codable {
    package struct Counts: Sendable, Hashable, Codable {
        package var succeeded = 0
        package var missed = 0
        package var errors = 0

        package var all: Int { succeeded + missed + errors }

        package init() {}
    }

    private struct Hour: Sendable, Hashable, Codable {
        /// Hours since 1970.
        var number: Int64
        var counts: Counts

        init(number: Int64) {
            self.number = number
            counts = Counts()
        }

        /// Its number, and what succeeded, was missed and failed.
        init(_ numbers: (Int64, Int64, Int64, Int64)) {
            self.init(number: numbers.0)
            counts.succeeded = Int(numbers.1)
            counts.missed = Int(numbers.2)
            counts.errors = Int(numbers.3)
        }
    }

    private static let hour: Int64 = 3_600_000_000
    /// Oldest first.
    private var hours: [Hour] = []

    package init() {}

    /// Reads what ``text`` wrote; nil for anything else.
    package init?(text: String) {
        // In one pass: a status reads the histories of all machines that ever had an error.
        var numbers: (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
        var (index, digits) = (0, 0)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39:
                numbers.3 = numbers.3 &* 10 &+ Int64(byte &- 0x30)
                digits += 1
                if digits > 18 { return nil }
            case UInt8(ascii: ","), UInt8(ascii: " "):
                let isEnd = byte == UInt8(ascii: " ")
                guard digits > 0, isEnd == (index == 3) else { return nil }
                if isEnd { hours.append(Hour(numbers)) }
                numbers = (numbers.1, numbers.2, numbers.3, 0)
                (index, digits) = ((index + 1) % 4, 0)
            default: return nil
            }
        }
        guard digits > 0, index == 3 else { return nil }
        hours.append(Hour(numbers))
    }

    /// `471234,120,0,1 471235,…`: each hour with what succeeded, was missed and failed in it.
    package var text: String {
        hours.map { hour in
            "\(hour.number),\(hour.counts.succeeded),\(hour.counts.missed),\(hour.counts.errors)"
        }.joined(separator: " ")
    }

    /// Adds what `change` counts to the hour of `now`.
    package mutating func add(at now: Timestamp, _ change: (inout Counts) -> Void) {
        let number = now.microseconds / Self.hour
        let kept = Limits.monitoringPeriodMax.microseconds / Self.hour
        hours.removeAll { $0.number < number - kept }
        if hours.last?.number != number { hours.append(Hour(number: number)) }
        change(&hours[hours.count - 1].counts)
    }

    /// No cycle was missed and none failed.
    package var isFlawless: Bool { hours.allSatisfy { $0.counts.missed + $0.counts.errors == 0 } }

    /// What was counted in the hours that the time from `start` on touches.
    package func counts(since start: Timestamp) -> Counts {
        var sum = Counts()
        for hour in hours where (hour.number + 1) * Self.hour > start.microseconds {
            sum.succeeded += hour.counts.succeeded
            sum.missed += hour.counts.missed
            sum.errors += hour.counts.errors
        }
        return sum
    }
}
