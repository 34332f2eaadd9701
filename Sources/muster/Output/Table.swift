// A table for people: columns as wide as their widest cell, the first row a heading.

struct Table {
    private let rows: [[String]]

    init(_ heading: [String], _ rows: [[String]]) { self.rows = [heading] + rows }

    /// The rows, or `nothing` when there is none below the heading.
    func text(nothing: String) -> String {
        guard rows.count > 1 else { return nothing }
        let widths = rows[0].indices.map { column in
            rows.reduce(0) { max($0, $1[column].width) }
        }
        let heading = String(decoding: bytes(of: rows[..<1], widths), as: UTF8.self)
        let lines = String(decoding: bytes(of: rows[1...], widths), as: UTF8.self)
        return Terminal.styled(heading, .bold) + "\n" + lines
    }

    /// Lines without the spaces at their ends: those are written when something follows them.
    private func bytes(of rows: ArraySlice<[String]>, _ widths: [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.count * widths.reduce(0) { $0 + $1 + 2 })
        for row in rows {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
            var spaces = 0
            for column in row.indices {
                let width = row[column].width
                if width > 0 {
                    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: spaces))
                    bytes.append(contentsOf: row[column].utf8)
                    spaces = 0
                }
                spaces += widths[column] - width + 2
            }
        }
        return bytes
    }
}

extension String {
    /// Code points: what a table holds takes one cell of the terminal for each.
    fileprivate var width: Int {
        // Counting characters as people see them costs fifty times as much, in tables of thousands.
        utf8.withContiguousStorageIfAvailable { $0.count { $0 & 0xC0 != 0x80 } }
            ?? unicodeScalars.count
    }
}
