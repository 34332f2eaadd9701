// A table for people: columns as wide as their widest cell, the first row a heading.

struct Table {
    private let rows: [[String]]

    init(_ heading: [String], _ rows: [[String]]) { self.rows = [heading] + rows }

    /// The rows, or `nothing` when there is none below the heading.
    func text(nothing: String) -> String {
        guard rows.count > 1 else { return nothing }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.enumerated().map { index, row in
            let line = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }.joined(separator: "  ")
            let trimmed = String(line.reversed().drop { $0 == " " }.reversed())
            return index == 0 ? Terminal.styled(trimmed, .bold) : trimmed
        }.joined(separator: "\n")
    }
}
