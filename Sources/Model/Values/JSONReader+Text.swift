// Strings of JSON. One without escapes, as nearly all are, is taken as it stands in one go.

extension JSONReader {
    mutating func readText() throws(Failure) -> String {
        at += 1
        let start = at
        while at < bytes.count, bytes[at].isPlain { at += 1 }
        if at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
            defer { at += 1 }
            return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<at]), as: UTF8.self)
        }
        at = start
        return try readEscapedText()
    }

    private mutating func readEscapedText() throws(Failure) -> String {
        var text: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
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

extension UInt8 {
    /// Whether it stands for itself in a string.
    fileprivate var isPlain: Bool {
        self >= 0x20 && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
    }
}
