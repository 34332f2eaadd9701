// The lines by which two texts differ, for people: `-` only before, `+` only after, with the lines
// around them.

package enum TextDifference {
    /// Lines marked ` `, `-` and `+`; empty when the texts are equal. A gap is marked `…`.
    package static func lines(
        from before: String, to after: String, around context: Int = 2
    ) -> [String] {
        let marked = marked(split(before), split(after))
        let changed = marked.indices.filter { !marked[$0].hasPrefix(" ") }
        var shown = Set<Int>()
        for index in changed {
            shown.formUnion(max(0, index - context)...min(marked.count - 1, index + context))
        }
        var lines: [String] = []
        var last = -1
        for index in shown.sorted() {
            if index > last + 1 { lines.append("…") }
            lines.append(marked[index])
            last = index
        }
        return lines
    }

    private static func split(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    private static func marked(_ before: [Substring], _ after: [Substring]) -> [String] {
        let difference = after.difference(from: before)
        let removed = Set(
            difference.removals.compactMap { change -> Int? in
                if case .remove(let offset, _, _) = change { offset } else { nil }
            })
        let inserted = Set(
            difference.insertions.compactMap { change -> Int? in
                if case .insert(let offset, _, _) = change { offset } else { nil }
            })
        var lines: [String] = []
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if left < before.count, removed.contains(left) {
                lines.append("-" + before[left])
                left += 1
            } else if right < after.count, inserted.contains(right) {
                lines.append("+" + after[right])
                right += 1
            } else {
                lines.append(" " + before[left])
                left += 1
                right += 1
            }
        }
        return lines
    }
}
