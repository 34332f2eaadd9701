// A regular expression over a file, answering with lines: `NSRegularExpression` reads the whole
// tree in a moment even in a debug build, where Swift's own engine takes a minute.
import Foundation

struct Pattern: Sendable {
    struct Match {
        /// Counted from 1.
        let line: Int
        /// What was matched, then the groups in their order; a group that took no part is empty.
        let texts: [String]
    }

    private let expression: NSRegularExpression

    /// `^` and `$` stand for the ends of a line.
    init(_ pattern: String) {
        do {
            expression = try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
        } catch {
            preconditionFailure("not a regular expression: \(pattern)")
        }
    }

    func matches(in text: String) -> [Match] {
        let whole = text as NSString
        let found = expression.matches(
            in: text, range: NSRange(location: 0, length: whole.length))
        var line = 1
        var counted = 0
        return found.map { result in
            let before = NSRange(location: counted, length: result.range.location - counted)
            line += whole.substring(with: before).utf8.count { $0 == UInt8(ascii: "\n") }
            counted = result.range.location
            let texts = (0..<result.numberOfRanges).map { group in
                let range = result.range(at: group)
                return range.location == NSNotFound ? "" : whole.substring(with: range)
            }
            return Match(line: line, texts: texts)
        }
    }

    func isFound(in text: String) -> Bool {
        expression.firstMatch(
            in: text, range: NSRange(location: 0, length: (text as NSString).length)) != nil
    }
}
