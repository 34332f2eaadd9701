// Reads JSON (RFC 8259) into Value: integers that fit stay integers, depth is bounded, and a
// duplicate key is an error rather than a guess.

struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    private var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func readDocument() throws(Failure) -> Value {
        let value = try readValue()
        skipSpace()
        guard at == bytes.count else { throw fault("nothing more after the value") }
        return value
    }

    private func fault(_ expected: String) -> Failure {
        Failure(.usage, "not JSON at byte \(at): expected \(expected)")
    }

    private mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func readValue() throws(Failure) -> Value {
        skipSpace()
        guard at < bytes.count else { throw fault("a value") }
        guard depth < Limits.nestingMax else { throw fault("at most \(Limits.nestingMax) levels") }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try readObject()
        case UInt8(ascii: "["): return try readList()
        case UInt8(ascii: "\""): return .text(try readText())
        case UInt8(ascii: "t"): return try readWord("true", .boolean(true))
        case UInt8(ascii: "f"): return try readWord("false", .boolean(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        default: return try readNumber()
        }
    }

    private mutating func readWord(_ word: StaticString, _ value: Value) throws(Failure) -> Value {
        let length = word.utf8CodeUnitCount
        guard at + length <= bytes.count,
            (0..<length).allSatisfy({ bytes[at + $0] == word.utf8Start[$0] })
        else { throw fault("\(word)") }
        at += length
        return value
    }

    private mutating func readList() throws(Failure) -> Value {
        at += 1
        depth += 1
        defer { depth -= 1 }
        var values: [Value] = []
        if take(UInt8(ascii: "]")) { return .list(values) }
        while true {
            values.append(try readValue())
            if take(UInt8(ascii: "]")) { return .list(values) }
            guard take(UInt8(ascii: ",")) else { throw fault("',' or ']'") }
        }
    }

    private mutating func readObject() throws(Failure) -> Value {
        at += 1
        depth += 1
        defer { depth -= 1 }
        var fields: [String: Value] = [:]
        if take(UInt8(ascii: "}")) { return .object(fields) }
        while true {
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw fault("a key") }
            let key = try readText()
            guard take(UInt8(ascii: ":")) else { throw fault("':'") }
            guard fields.updateValue(try readValue(), forKey: key) == nil else {
                throw fault("the key '\(key)' once only")
            }
            if take(UInt8(ascii: "}")) { return .object(fields) }
            guard take(UInt8(ascii: ",")) else { throw fault("',' or '}'") }
        }
    }

    private mutating func readNumber() throws(Failure) -> Value {
        let start = at
        let allowed = Set("+-0123456789.eE".utf8)
        while at < bytes.count, allowed.contains(bytes[at]) { at += 1 }
        let digits = String(decoding: bytes[start..<at], as: UTF8.self)
        let unsigned = digits.hasPrefix("-") ? digits.dropFirst() : digits[...]
        guard let first = unsigned.utf8.first, (0x30...0x39).contains(first),
            !(unsigned.count > 1 && first == 0x30 && unsigned.allSatisfy(\.isNumber))
        else {
            at = start
            throw fault("a value")
        }
        if digits.allSatisfy({ $0.isNumber || $0 == "-" }), let number = Int64(digits) {
            return .integer(number)
        }
        guard let number = Double(digits), number.isFinite else {
            at = start
            throw fault("a number")
        }
        return .float(number)
    }

    private mutating func readText() throws(Failure) -> String {
        at += 1
        var text: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let valid = String(validating: text, as: UTF8.self) else {
                    throw fault("UTF-8")
                }
                return valid
            case UInt8(ascii: "\\"): text.append(contentsOf: String(try readEscape()).utf8)
            case 0..<0x20: throw fault("an escaped control character")
            default: text.append(byte)
            }
        }
        throw fault("the end of the string")
    }

    private mutating func readEscape() throws(Failure) -> Character {
        guard at < bytes.count else { throw fault("an escape") }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return Character(try readUnicode())
        default: throw fault("an escape")
        }
    }

    private mutating func readUnicode() throws(Failure) -> Unicode.Scalar {
        let high = try readHex()
        guard (0xD800...0xDBFF).contains(high) else {
            guard let scalar = Unicode.Scalar(high) else { throw fault("a code point") }
            return scalar
        }
        guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
            bytes[at + 1] == UInt8(ascii: "u")
        else { throw fault("a low surrogate") }
        at += 2
        let low = try readHex()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw fault("a low surrogate") }
        return scalar
    }

    private mutating func readHex() throws(Failure) -> UInt32 {
        guard at + 4 <= bytes.count,
            let number = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits") }
        at += 4
        return number
    }
}
