// The tokens of a Lua text, just finely enough to find the items of a table and the statements of
// a body: words, quoted strings, and all else one character at a time. Comments are no tokens, and
// what a string holds is never mistaken for code.

struct LuaToken {
    /// Bytes of the text.
    let range: Range<Int>
    /// Empty for a string, so that none is taken for a keyword or a bracket.
    let word: String
    let line: Int
    let opensLine: Bool
}

struct LuaTokens {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var lastLine = 0
    private(set) var list: [LuaToken] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
        while position < bytes.count { readOne() }
    }

    private mutating func readOne() {
        let first = bytes[position]
        if first == UInt8(ascii: "\n") {
            line += 1
            position += 1
        } else if first == UInt8(ascii: " ") {
            position += 1
        } else if starts("--") {
            skipComment()
        } else if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            take(quoted(by: first), asWord: false)
        } else if starts("[[") {
            take(end(after: "]]"), asWord: false)
        } else {
            take(wordEnd(), asWord: true)
        }
    }

    private mutating func take(_ end: Int, asWord: Bool) {
        let range = position..<end
        list.append(
            LuaToken(
                range: range, word: asWord ? String(decoding: bytes[range], as: UTF8.self) : "",
                line: line, opensLine: line != lastLine))
        line += bytes[range].count { $0 == UInt8(ascii: "\n") }
        lastLine = line
        position = end
    }

    private mutating func skipComment() {
        let end = starts("--[[") ? end(after: "]]") : end(before: UInt8(ascii: "\n"))
        line += bytes[position..<end].count { $0 == UInt8(ascii: "\n") }
        position = end
    }

    private func starts(_ prefix: String) -> Bool { bytes[position...].starts(with: prefix.utf8) }

    private func end(before byte: UInt8) -> Int {
        bytes[position...].firstIndex(of: byte) ?? bytes.count
    }

    private func end(after closing: String) -> Int {
        var end = position
        while end < bytes.count, !bytes[end...].starts(with: closing.utf8) { end += 1 }
        return min(end + closing.utf8.count, bytes.count)
    }

    private func quoted(by quote: UInt8) -> Int {
        var end = position + 1
        while end < bytes.count, bytes[end] != quote {
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(end + 1, bytes.count)
    }

    private func wordEnd() -> Int {
        var end = position
        while end < bytes.count, Self.isOfWord(bytes[end]) { end += 1 }
        return max(end, position + 1)
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || Character(Unicode.Scalar(byte)).isNumber
            || Character(Unicode.Scalar(byte)).isLetter
    }
}
