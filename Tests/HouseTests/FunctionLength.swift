// Finds the functions of a masked Swift or C text and measures them, from the line that declares to
// the line of the closing brace.

struct FunctionLength: Equatable {
    let name: String
    /// Counted from 1.
    let line: Int
    let lines: Int

    static func measure(_ file: SourceFile) -> [FunctionLength] {
        switch Language(path: file.path) {
        case .swift: return swift(file.code)
        case .c: return c(file.code)
        default: return []
        }
    }

    private static let swiftHead = Pattern(
        #"(?<![.\w])(?:func\s+([^\s(<]*)|(init)[?!]?\s*[(<]|(deinit)\b|(subscript)\s*[(<]"#
            + #"|var\s+(\w+)\b[^\n]*(?=\{$))"#)

    private static func swift(_ code: String) -> [FunctionLength] {
        let lines = code.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return swiftHead.matches(in: code).compactMap { match in
            let name = match.texts.dropFirst().first { !$0.isEmpty } ?? "a raw identifier"
            return lastLine(of: lines, from: match.line).map {
                FunctionLength(name: name, line: match.line, lines: $0 - match.line + 1)
            }
        }
    }

    /// The line on which the body that is opened at or after `first` is closed; nil when the next
    /// declaration comes before a body, as in a protocol.
    private static func lastLine(of lines: [String], from first: Int) -> Int? {
        var parentheses = 0
        var braces = 0
        for number in first...lines.count {
            let line = lines[number - 1]
            if braces == 0, parentheses == 0, number > first, !continues(line) { return nil }
            for byte in line.utf8 {
                switch byte {
                case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0 || braces > 0: braces += 1
                case UInt8(ascii: "}") where braces > 0:
                    braces -= 1
                    if braces == 0 { return number }
                default: break
                }
            }
        }
        return nil
    }

    /// Whether a line may stand between the end of a signature's parameters and its body.
    private static func continues(_ line: String) -> Bool {
        let text = line.drop { $0 == " " }
        return ["{", ")", "->", "where", "async", "throws", "rethrows"].contains {
            text.hasPrefix($0)
        }
    }

    private static let cHead = Pattern(
        #"^(?![#\s}])[^\n;={}]*?(\w+)\s*\([^;{}]*\)\s*\{"#)

    private static func c(_ code: String) -> [FunctionLength] {
        let lines = code.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return cHead.matches(in: code).compactMap { match in
            lastLine(of: lines, from: match.line, bracesOnly: match.texts[1])
        }
    }

    private static func lastLine(
        of lines: [String], from first: Int, bracesOnly name: String
    ) -> FunctionLength? {
        var braces = 0
        for number in first...lines.count {
            for byte in lines[number - 1].utf8 {
                if byte == UInt8(ascii: "{") { braces += 1 }
                guard byte == UInt8(ascii: "}") else { continue }
                braces -= 1
                if braces == 0 {
                    return FunctionLength(name: name, line: first, lines: number - first + 1)
                }
            }
        }
        return nil
    }
}
