// Every mutant of a Lua text: each item of each table dropped, and each two neighbours without a
// name swapped (steps, groups, vms, needs, names of the shutdown's order); in functions, each
// statement dropped and each two neighbours swapped. They come from the text itself, so that a new
// step is mutated from the day it is written.
//
// The one rule of the format it leans on: within a body, a statement begins on a line of its own.

struct LuaMutant: CustomStringConvertible {
    /// `without` or `swapped`.
    let change: String
    let line: Int
    /// What was dropped, or came later than it should.
    let piece: String
    let text: String

    var description: String { "line \(line), \(change): \(piece)" }
}

struct LuaMutants {
    private let bytes: [UInt8]
    private let tokens: [LuaToken]
    private(set) var list: [LuaMutant] = []

    init(of text: String) {
        bytes = Array(text.utf8)
        tokens = LuaTokens(text).list
        visit(0..<tokens.count)
    }

    private static let openers: Set = ["{", "(", "[", "function", "if", "do", "repeat"]
    private static let closers: Set = ["}", ")", "]", "end", "until"]
    private static let bodies: Set = ["do", "then", "else", "repeat"]
    /// What stands at the start of a line and goes on with the statement before.
    private static let continuations: Set = [
        "and", "or", ".", ":", ",", "+", "-", "*", "/", "=", "(", "[", "{",
    ]

    /// Looks for tables and bodies; top-level statements themselves stay as they are.
    private mutating func visit(_ range: Range<Int>) {
        var index = range.lowerBound
        while index < range.upperBound {
            switch tokens[index].word {
            case "{": index = visitTable(from: index + 1)
            case "function": index = visitBody(from: closing(of: ")", from: index))
            case let word where Self.bodies.contains(word): index = visitBody(from: index + 1)
            default: index += 1
            }
        }
    }

    /// The index behind the first such bracket; that of a function's parameters.
    private func closing(of bracket: String, from index: Int) -> Int {
        (tokens[index...].firstIndex { $0.word == bracket } ?? tokens.count - 1) + 1
    }

    /// Mutates the items up to the closing brace; returns the index of what follows it.
    private mutating func visitTable(from start: Int) -> Int {
        var items: [Range<Int>] = []
        var begin = start
        let end = walk(from: start) { index, depth in
            let word = tokens[index].word
            guard depth == 0, word == "," || word == ";" || word == "}" else { return false }
            if begin < index { items.append(begin..<index) }
            begin = index + 1
            return word == "}"
        }
        for item in items { drop(item, upTo: tokens[item.upperBound].word == "}" ? 0 : 1) }
        for (first, second) in zip(items, items.dropFirst())
        where !isNamed(first) && !isNamed(second) {
            swap(first, second)
        }
        for item in items { visit(item) }
        return end + 1
    }

    /// Mutates the statements up to the `end` of the body; returns the index of that.
    private mutating func visitBody(from start: Int) -> Int {
        var statements: [Range<Int>] = []
        var begin = start
        let end = walk(from: start) { index, depth in
            let token = tokens[index]
            let isEnd = ["end", "until", "else", "elseif"].contains(token.word)
            let opens = token.opensLine && !Self.continuations.contains(token.word)
            guard depth == 0, isEnd || opens else { return false }
            if begin < index { statements.append(begin..<index) }
            begin = index
            return isEnd
        }
        for statement in statements { drop(statement, upTo: 0) }
        for (first, second) in zip(statements, statements.dropFirst()) { swap(first, second) }
        for statement in statements { visit(statement) }
        return max(end, start + 1)
    }

    /// Goes on until `isLast` says so at a token and the depth it stands in; returns its index.
    private func walk(from start: Int, isLast: (_ index: Int, _ depth: Int) -> Bool) -> Int {
        var depth = 0
        for index in start..<tokens.count {
            if isLast(index, depth) { return index }
            if Self.openers.contains(tokens[index].word) { depth += 1 }
            if Self.closers.contains(tokens[index].word) { depth -= 1 }
        }
        return tokens.count
    }

    private func isNamed(_ item: Range<Int>) -> Bool {
        item.count > 1
            && (tokens[item.lowerBound].word == "[" || tokens[item.lowerBound + 1].word == "=")
    }

    // MARK: The changes

    private mutating func drop(_ piece: Range<Int>, upTo more: Int) {
        let range = bytes(of: piece)
        let end = tokens[piece.upperBound - 1 + more].range.upperBound
        add("without", piece, Array(bytes[..<range.lowerBound] + bytes[end...]))
    }

    private mutating func swap(_ first: Range<Int>, _ second: Range<Int>) {
        let (one, other) = (bytes(of: first), bytes(of: second))
        let swapped =
            bytes[..<one.lowerBound] + bytes[other] + bytes[one.upperBound..<other.lowerBound]
            + bytes[one] + bytes[other.upperBound...]
        add("swapped with the next", first, Array(swapped))
    }

    private mutating func add(_ change: String, _ piece: Range<Int>, _ mutated: [UInt8]) {
        let words = String(decoding: bytes[bytes(of: piece)], as: UTF8.self)
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        list.append(
            LuaMutant(
                change: change, line: tokens[piece.lowerBound].line,
                piece: String(words.prefix(60)), text: String(decoding: mutated, as: UTF8.self)))
    }

    private func bytes(of piece: Range<Int>) -> Range<Int> {
        tokens[piece.lowerBound].range.lowerBound..<tokens[piece.upperBound - 1].range.upperBound
    }
}
