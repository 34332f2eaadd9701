// Blanks comments and strings, so that a rule about code does not stumble over prose. Every byte
// that is blanked becomes a space and line breaks stay, so a place in the masked text is a place in
// the file.

enum Language: Sendable {
    case swift, c, lua, shell

    init?(path: String) {
        switch path.split(separator: ".").last {
        case "swift": self = .swift
        case "c", "h": self = .c
        case "lua": self = .lua
        case "sh": self = .shell
        default: return nil
        }
    }
}

/// The bytes with which a comment or a string may begin; all others are passed over at once.
private let mayOpen = Set("/-#\"'`[".utf8)

struct Mask {
    /// The text with comments and the inside of strings blanked.
    private(set) var code = ""
    /// The text with comments blanked only.
    private(set) var codeWithStrings = ""

    private let language: Language
    private let source: [UInt8]
    private var index = 0

    init(_ text: String, _ language: Language) {
        self.language = language
        source = Array(text.utf8)
        var withoutStrings = source
        var withoutComments = source
        while index < source.count {
            let start = index
            if !mayOpen.contains(source[index]) {
                index += 1
            } else if skipComment() {
                Self.erase(start..<index, of: &withoutStrings)
                Self.erase(start..<index, of: &withoutComments)
            } else if skipString() {
                Self.erase(start..<index, of: &withoutStrings)
            } else {
                index += 1
            }
        }
        code = String(decoding: withoutStrings, as: UTF8.self)
        codeWithStrings = String(decoding: withoutComments, as: UTF8.self)
    }

    private static func erase(_ range: Range<Int>, of text: inout [UInt8]) {
        for place in range where text[place] != UInt8(ascii: "\n") {
            text[place] = UInt8(ascii: " ")
        }
    }

    private mutating func skipComment() -> Bool {
        switch language {
        case .swift, .c:
            if at("//") { return skip(to: "\n") }
            return at("/*") && skipBlockComment()
        case .lua:
            if at("--[[") { return skip(past: "]]") }
            return at("--") && skip(to: "\n")
        case .shell:
            let follows = index == 0 || [10, 32, 9].contains(source[index - 1])
            return follows && at("#") && skip(to: "\n")
        }
    }

    private mutating func skipBlockComment() -> Bool {
        var depth = 0
        repeat {
            if at("/*") {
                depth += language == .swift || depth == 0 ? 1 : 0
                index += 2
            } else if at("*/") {
                depth -= 1
                index += 2
            } else {
                index += 1
            }
        } while depth > 0 && index < source.count
        return true
    }

    private mutating func skipString() -> Bool {
        switch language {
        case .swift: return skipSwiftString()
        case .c, .shell: return skipQuoted("\"") || skipQuoted("'")
        case .lua:
            if at("[[") { return skip(past: "]]") }
            return skipQuoted("\"") || skipQuoted("'")
        }
    }

    /// A string, a raw identifier or a regular expression; an interpolation is part of its string.
    private mutating func skipSwiftString() -> Bool {
        if skipQuoted("`") { return true }
        let start = index
        while at("#") { index += 1 }
        let pounds = String(repeating: "#", count: index - start)
        for quote in ["\"\"\"", "\"", "/"] where at(quote) && (quote != "/" || !pounds.isEmpty) {
            index += quote.count
            skipSwiftBody(until: quote + pounds, escape: "\\" + pounds)
            return true
        }
        index = start
        return false
    }

    private mutating func skipSwiftBody(until end: String, escape: String) {
        while index < source.count, !at(end) {
            guard at(escape) else {
                index += 1
                continue
            }
            index += escape.utf8.count
            if at("(") { skipInterpolation() } else { index += 1 }
        }
        index = min(index + end.utf8.count, source.count)
    }

    private mutating func skipInterpolation() {
        var depth = 0
        repeat {
            if at("(") { depth += 1 }
            if at(")") { depth -= 1 }
            if !skipSwiftString() { index += 1 }
        } while depth > 0 && index < source.count
    }

    private mutating func skipQuoted(_ quote: String) -> Bool {
        guard at(quote) else { return false }
        index += 1
        while index < source.count, !at(quote), language == .shell || !at("\n") {
            index += at("\\") ? 2 : 1
        }
        index = min(index + 1, source.count)
        return true
    }

    private func at(_ token: String) -> Bool {
        var place = index
        for byte in token.utf8 {
            guard place < source.count, source[place] == byte else { return false }
            place += 1
        }
        return true
    }

    private mutating func skip(to end: String) -> Bool {
        while index < source.count, !at(end) { index += 1 }
        return true
    }

    private mutating func skip(past end: String) -> Bool {
        _ = skip(to: end)
        index = min(index + end.utf8.count, source.count)
        return true
    }
}
