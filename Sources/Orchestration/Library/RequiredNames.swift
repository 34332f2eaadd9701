// The names that a text gives to `require "…"` or another verb outright, by one pass over its
// bytes: this is done at every start of a run, and an expression compiled for it cost half a
// millisecond each time.
import Model

enum RequiredNames {
    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    /// The names in the order in which the text says them; one said twice is there twice.
    static func said(in text: String, by verb: String = "require") -> [String] {
        let verb = Array(verb.utf8)
        var text = text
        return text.withUTF8 { bytes in
            var names: [String] = []
            var rest = bytes[...]
            while let start = rest.firstIndex(of: verb[0]) {
                rest = rest[start...]
                let isVerb = rest.starts(with: verb)
                rest = rest.dropFirst(isVerb ? verb.count : 1)
                if isVerb, let name = name(at: rest) { names.append(name) }
            }
            return names
        }
    }

    /// What stands in quotes here, in parentheses or without.
    private static func name(at rest: Bytes) -> String? {
        var rest = rest.drop(while: isSpace)
        if rest.first == UInt8(ascii: "(") { rest = rest.dropFirst().drop(while: isSpace) }
        guard let quote = rest.popFirst(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        else { return nil }
        let name = rest.prefix(while: isOfName)
        guard !name.isEmpty, rest.dropFirst(name.count).first == quote else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D) ~= byte }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
