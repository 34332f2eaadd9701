// A text without what Lua does not read, so that a name in a comment is not taken for one that is
// needed. Two dashes within a string end its line as well: a name behind them is not seen, and that
// is the harmless side to err on.

enum LuaComments {
    static func without(in text: String) -> String {
        var kept: [UInt8] = []
        var rest = Array(text.utf8)[...]
        let dash = UInt8(ascii: "-")
        while let start = rest.firstIndex(of: dash) {
            kept += rest[..<start]
            rest = rest[start...].dropFirst()
            guard rest.first == dash else {
                kept.append(dash)
                continue
            }
            rest = rest.dropFirst()
            rest = end(of: rest)
        }
        return String(decoding: kept + rest, as: UTF8.self)
    }

    /// What follows the comment that begins here: `[==[ … ]==]`, or the rest of the line.
    private static func end(of comment: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let level = comment.dropFirst().prefix { $0 == UInt8(ascii: "=") }
        let opening = UInt8(ascii: "[")
        guard comment.first == opening, comment[level.endIndex...].first == opening else {
            return comment.drop { $0 != UInt8(ascii: "\n") }
        }
        let closing = [UInt8(ascii: "]")] + level + [UInt8(ascii: "]")]
        guard let found = comment.firstRange(of: closing) else { return [] }
        return comment[found.upperBound...]
    }
}
