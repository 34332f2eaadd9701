// The nearest right spelling, for every message that says "unknown".

package enum Spelling {
    /// The candidate nearest to `word`, if one is near enough to be what was meant.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String?
    {
        let limit = max(1, word.count / 3)
        return
            candidates
            .map { (distance(Array(word.lowercased()), Array($0.lowercased())), $0) }
            .filter { $0.0 <= limit }
            .min { ($0.0, $0.1) < ($1.0, $1.1) }?.1
    }

    /// `; did you mean 'switch'?`, or what there is to choose from, or nothing.
    package static func hint(for word: String, among candidates: some Sequence<String>) -> String {
        if let near = nearest(to: word, among: candidates) { return "; did you mean '\(near)'?" }
        let all = candidates.sorted()
        return all.isEmpty || all.count > 16 ? "" : "; there is \(all.joined(separator: ", "))"
    }

    /// Edits between two words; a swap of neighbours is one edit (optimal string alignment).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var rows = [[Int]](
            repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
        for i in 0...left.count { rows[i][0] = i }
        for j in 0...right.count { rows[0][j] = j }
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        for i in 1...left.count {
            for j in 1...right.count {
                let change = left[i - 1] == right[j - 1] ? 0 : 1
                rows[i][j] = min(
                    rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + change)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
                }
            }
        }
        return rows[left.count][right.count]
    }
}

extension Failure {
    /// `name.unknown` for a name that nothing bears, with the nearest that something does.
    /// `kind` is the field's word for the thing and the key of the context: `site`, `trigger`.
    package static func unknown(
        _ kind: String, _ name: String, among names: some Sequence<String>
    ) -> Failure {
        Failure(
            .unknownName, "there is no \(kind) '\(name)'\(Spelling.hint(for: name, among: names))",
            context: [kind: name])
    }
}
