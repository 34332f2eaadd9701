// Reads JSON (RFC 8259) into Value: integers that fit stay integers, depth is bounded, and a
// duplicate key is an error rather than a guess. Strings are in `JSONReader+Text.swift`.

struct JSONReader {
    /// Valid UTF-8: what lies between two ASCII bytes is a string as it stands.
    let bytes: UnsafeBufferPointer<UInt8>
    var at = 0
    private var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func readDocument() throws(Failure) -> Value {
        let value = try readValue()
        skipSpace()
        guard at == bytes.count else { throw fault("nothing more after the value") }
        return value
    }

    func fault(_ expected: String) -> Failure {
        Failure(.usage, "not JSON at byte \(at): expected \(expected)")
    }

    /// The next byte; zero, which nothing begins with, at the end.
    private var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] <= 0x20 {
            switch bytes[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
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
        if take(UInt8(ascii: "}")) { return .object([:]) }
        var fields = [String: Value](minimumCapacity: 6)
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("a key") }
            let key = try readText()
            guard take(UInt8(ascii: ":")) else { throw fault("':'") }
            guard fields.updateValue(try readValue(), forKey: key) == nil else {
                throw fault("the key '\(key)' once only")
            }
            if take(UInt8(ascii: "}")) { return .object(fields) }
            guard take(UInt8(ascii: ",")) else { throw fault("',' or '}'") }
        }
    }

    // MARK: Numbers

    private mutating func readNumber() throws(Failure) -> Value {
        let start = at
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { at += 1 }
        let first = at
        guard let magnitude = takeDigits(), bytes[first] != 0x30 || at == first + 1 else {
            at = start
            throw fault("a value")
        }
        let isPlain = next != UInt8(ascii: ".") && next | 0x20 != UInt8(ascii: "e")
        guard isPlain, at - first <= 18 else { return try readLongNumber(from: start) }
        return .integer(isNegative ? -magnitude : magnitude)
    }

    /// Passes over digits; nil when there is none. The number is right up to eighteen of them.
    private mutating func takeDigits() -> Int64? {
        let start = at
        var number: Int64 = 0
        while case let digit = next &- 0x30, digit < 10 {
            number = number &* 10 &+ Int64(digit)
            at += 1
        }
        return at > start ? number : nil
    }

    /// A number with a point or an exponent, or one that may be too large for an integer, whose
    /// digits before the point are passed over already.
    private mutating func readLongNumber(from start: Int) throws(Failure) -> Value {
        let isWhole = try !takeFraction(from: start)
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isWhole, let number = Int64(text) { return .integer(number) }
        guard let number = Double(text), number.isFinite else {
            at = start
            throw fault("a number")
        }
        return .float(number)
    }

    /// Passes over a point with its digits and an exponent; tells whether there was either.
    private mutating func takeFraction(from start: Int) throws(Failure) -> Bool {
        let end = at
        var isComplete = true
        if next == UInt8(ascii: ".") {
            at += 1
            isComplete = takeDigits() != nil
        }
        if isComplete, next | 0x20 == UInt8(ascii: "e") {
            at += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            isComplete = takeDigits() != nil
        }
        guard isComplete else {
            at = start
            throw fault("a number")
        }
        return at > end
    }
}
