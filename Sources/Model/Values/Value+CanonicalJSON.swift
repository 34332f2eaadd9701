// Canonical JSON: one text for one value, so that equal bytes mean equal values.
//
// The rule: keys sorted by their UTF-8 bytes, no white space, integers without a point, floats
// always with one (or an exponent) in the shortest form that reads back equal, no nan or inf,
// control characters, quote and backslash escaped and nothing else. `CLua` writes the same form in
// C; the two are held together by a test.

extension Value {
    /// This value's canonical JSON. A float that is not finite is a programmer error.
    package var canonicalJSON: String {
        var writer = CanonicalJSONWriter()
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Reads JSON, canonical or not.
    ///
    /// Raises `usage.invalid`, with the byte at which it stopped being JSON.
    package init(json text: String) throws(Failure) {
        var copy = text
        let outcome = copy.withUTF8 { bytes -> Result<Value, Failure> in
            var reader = JSONReader(bytes: bytes)
            do throws(Failure) {
                return .success(try reader.readDocument())
            } catch {
                return .failure(error)
            }
        }
        self = try outcome.get()
    }
}

private struct CanonicalJSONWriter {
    var bytes: [UInt8] = []

    mutating func write(_ value: Value) {
        switch value {
        case .null: append("null")
        case .boolean(let flag): append(flag ? "true" : "false")
        case .integer(let number): append(String(number))
        case .float(let number): writeFloat(number)
        case .text(let text): writeText(text)
        case .list(let values): writeList(values)
        case .object(let fields): writeObject(fields)
        }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func writeFloat(_ number: Double) {
        precondition(number.isFinite, "a float that is not finite has no JSON")
        append(number.description)
    }

    private mutating func writeList(_ values: [Value]) {
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func writeObject(_ fields: [String: Value]) {
        bytes.append(UInt8(ascii: "{"))
        let sorted = fields.sorted { $0.key.precedesByBytes($1.key) }
        for (index, field) in sorted.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            writeText(field.key)
            bytes.append(UInt8(ascii: ":"))
            write(field.value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func writeText(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var copy = text
        copy.withUTF8 { utf8 in
            if utf8.contains(where: \.isEscaped) {
                for byte in utf8 { writeEscaped(byte) }
            } else {
                bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0..<0x20, 0x7F:
            let digits = Array("0123456789abcdef".utf8)
            append("\\u00")
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }
}

extension UInt8 {
    fileprivate var isEscaped: Bool {
        self < 0x20 || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\") || self == 0x7F
    }
}

extension String {
    fileprivate func precedesByBytes(_ other: String) -> Bool {
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in left.lexicographicallyPrecedes(right) }
        }
    }
}
