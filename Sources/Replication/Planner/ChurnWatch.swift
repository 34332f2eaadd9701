// What a machine's writes would come to in cycles of each interval: pure, fed by looks at short and
// equal distances. A block that changes in ten looks of one interval travels once in its cycle.
import Fabric
import Model

struct ChurnWatch: Sendable {
    /// One interval's cycles.
    private struct Cycles: Sendable {
        let interval: ReplicationInterval
        var beganAt: Timestamp
        var union: [[Range<BlockIndex>]] = []
        /// Bytes of which the blocks are not known.
        var bytes: Int64 = 0
        var sum: Int64 = 0
        var largest: Int64 = 0

        mutating func close(_ blockBytes: Int, at now: Timestamp) {
            let size = bytes + union.blocks * Int64(blockBytes)
            sum += size
            largest = max(largest, size)
            bytes = 0
            union = []
            beganAt = now
        }
    }

    /// What is known beside the blocks.
    struct Conditions: Sendable {
        var compression: Double
        var secondsPerByte: Double
        /// Of all disks.
        var diskBytes: Int64
        var workers: Int
    }

    private let startedAt: Timestamp
    private let blockBytes: Int
    private var cycles: [Cycles]
    private(set) var churn: Int64 = 0

    init(blockBytes: Int, at now: Timestamp) {
        startedAt = now
        self.blockBytes = blockBytes
        cycles = ReplicationInterval.allCases.map { Cycles(interval: $0, beganAt: now) }
    }

    /// Blocks, by disk, that were written since the last look.
    mutating func look(_ extents: [[Range<BlockIndex>]], at now: Timestamp) {
        churn += extents.blocks * Int64(blockBytes)
        look(at: now) { $0.union = $0.union.joined(with: extents) }
    }

    /// Bytes that changed since the last look, of blocks that are not known.
    mutating func look(bytes: Int64, at now: Timestamp) {
        churn += bytes
        look(at: now) { $0.bytes += bytes }
    }

    private mutating func look(at now: Timestamp, _ add: (inout Cycles) -> Void) {
        for index in cycles.indices {
            add(&cycles[index])
            let isOver = now - cycles[index].beganAt >= cycles[index].interval.pace
            if isOver { cycles[index].close(blockBytes, at: now) }
        }
    }

    func choices(at now: Timestamp, _ conditions: Conditions) -> [CapacityPlan.Choice] {
        cycles.map { cycles in
            var cycles = cycles
            cycles.close(blockBytes, at: now)
            return choice(cycles, (now - startedAt).seconds, conditions)
        }
    }

    private func choice(
        _ cycles: Cycles, _ seconds: Double, _ conditions: Conditions
    ) -> CapacityPlan.Choice {
        var choice = CapacityPlan.Choice(interval: cycles.interval)
        guard seconds > 0 else { return choice }
        let rate = Double(cycles.sum) / seconds
        let length = min(cycles.interval.pace.seconds, seconds)
        choice.cycleBytes = ByteCount(Int64(rate * length))
        choice.cycleBytesMax = ByteCount(cycles.largest)
        choice.networkBytes = ByteCount(Int64(rate * conditions.compression))
        // The log as it came, the replaced blocks as they were, the new ones.
        choice.storageBytes = ByteCount(Int64(rate * (conditions.compression + 2)))
        choice.pointBytes = choice.cycleBytes
        choice.processorShare = rate * conditions.secondsPerByte
        choice.memory = ByteCount(memory(cycles.largest, conditions))
        return choice
    }

    /// A chunk and its payload for each worker, the log's index, three bits a block for tracking.
    private func memory(_ largest: Int64, _ conditions: Conditions) -> Int64 {
        let chunks = Int64(conditions.workers * 2 * LogChunk.bytesMax)
        let index = largest / Int64(blockBytes) * Int64(LogRecord.indexBytes)
        return chunks + index + conditions.diskBytes / Int64(blockBytes) * 3 / 8
    }
}

extension [[Range<BlockIndex>]] {
    fileprivate var blocks: Int64 {
        reduce(0) { sum, disk in sum + disk.reduce(0) { $0 + Int64($1.count) } }
    }

    /// Disk by disk, the blocks of either.
    fileprivate func joined(with other: Self) -> Self {
        (0..<Swift.max(count, other.count)).map { disk in
            let all = (disk < count ? self[disk] : []) + (disk < other.count ? other[disk] : [])
            var joined: [Range<BlockIndex>] = []
            for range in all.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                if let last = joined.last, last.upperBound >= range.lowerBound {
                    joined[joined.count - 1] =
                        last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
                } else {
                    joined.append(range)
                }
            }
            return joined
        }
    }
}
