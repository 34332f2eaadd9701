// Durations and sizes as people write them: `30s`, `1h30m`, `64MiB`. Nothing else is guessed.

extension Duration {
    /// Reads `"30s"`, `"5m"`, `"1h30m"`, `"2d"`, `"250ms"`: whole numbers, larger units first.
    ///
    /// Raises `usage.invalid` and shows the forms that are taken.
    package init(text: String) throws(Failure) {
        let units: [(String, Duration)] = [
            ("d", .seconds(86_400)), ("h", .seconds(3600)), ("m", .seconds(60)),
            ("s", .seconds(1)), ("ms", .milliseconds(1)),
        ]
        var rest = text[...]
        var total = Duration.zero
        var unitsLeft = units[...]
        repeat {
            let digits = rest.prefix(while: { $0.isASCII && $0.isNumber })
            let letters = rest.dropFirst(digits.count).prefix(while: \.isLetter)
            guard let count = Int32(digits),
                let unit = unitsLeft.firstIndex(where: { $0.0 == letters })
            else {
                throw Failure(
                    .usage, "'\(text)' is not a duration; write \"30s\", \"5m\" or \"1h30m\"")
            }
            total += unitsLeft[unit].1 * Int(count)
            unitsLeft = unitsLeft[(unit + 1)...]
            rest = rest.dropFirst(digits.count + letters.count)
        } while !rest.isEmpty
        self = total
    }

    /// The form ``init(text:)`` reads: `1h30m`, `5m`, `250ms`, `0s`.
    package var text: String {
        let milliseconds = microseconds / 1000
        if milliseconds < 1000 { return milliseconds == 0 ? "0s" : "\(milliseconds)ms" }
        let seconds = milliseconds / 1000
        var text = ""
        for (count, unit) in [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
        ] where count > 0 {
            text += String(count)
            text += unit
        }
        return text
    }
}

/// A number of bytes.
package struct ByteCount: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    package var bytes: Int64

    package init(_ bytes: Int64) { self.bytes = bytes }
    package init(_ bytes: Int) { self.bytes = Int64(bytes) }

    package static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }

    private static let units: [(name: String, bytes: Int64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    /// Reads `"64MiB"`, `"4KiB"`, `"512B"`: a whole number and a binary unit.
    package init(text: String) throws(Failure) {
        let digits = text.prefix(while: { $0.isASCII && $0.isNumber })
        guard let count = Int64(digits),
            let unit = Self.units.first(where: { $0.name == text.dropFirst(digits.count) }),
            !count.multipliedReportingOverflow(by: unit.bytes).overflow
        else {
            throw Failure(.usage, "'\(text)' is not a size; write \"64MiB\" or \"4KiB\"")
        }
        bytes = count * unit.bytes
    }

    /// Rounded for people: `1.5 GiB`, `512 B`.
    package var description: String {
        let unit = Self.units.first { bytes >= $0.bytes } ?? ("B", 1)
        let tenths = (bytes * 10 + unit.bytes / 2) / unit.bytes
        return tenths % 10 == 0 || unit.bytes == 1
            ? "\(tenths / 10) \(unit.name)" : "\(tenths / 10).\(tenths % 10) \(unit.name)"
    }
}
