// A text of headings, paragraphs, lists and tables, before it is Markdown for a terminal and a
// wiki, or a page. What people wrote becomes neither mark nor tag.

package struct Document: Sendable, Hashable {
    package enum Block: Sendable, Hashable {
        case part(String)
        case section(String)
        case paragraph(String)
        case list([String], isNumbered: Bool = false)
        case table([String], [[String]])
        /// Lines to be typed.
        case commands([String])
    }

    package let title: String
    package let blocks: [Block]

    package init(_ title: String, _ blocks: [Block]) {
        self.title = title
        self.blocks = blocks
    }

    package var markdown: String {
        (["# \(title.marked)"] + blocks.map(\.markdown)).joined(separator: "\n\n") + "\n"
    }

    package var page: HTML {
        .page(title, "<header><h1>\(title)</h1></header>\n\(blocks.map(\.html))")
    }
}

extension Document.Block {
    fileprivate var markdown: String {
        switch self {
        case .part(let title): "## \(title.marked)"
        case .section(let title): "### \(title.marked)"
        case .paragraph(let text): text.marked
        case .list(let items, let isNumbered):
            items.enumerated().map { index, item in
                "\(isNumbered ? "\(index + 1)." : "-") \(item.marked)"
            }.joined(separator: "\n")
        case .table(let heads, let rows):
            ([heads, heads.map { _ in "---" }] + rows.map { $0.map(\.marked) })
                .map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
        case .commands(let lines): lines.map { "    \($0)" }.joined(separator: "\n")
        }
    }

    fileprivate var html: HTML {
        switch self {
        case .part(let title): "<h2>\(title)</h2>\n"
        case .section(let title): "<h3>\(title)</h3>\n"
        case .paragraph(let text): "<p>\(text)</p>\n"
        case .list(let items, let isNumbered):
            Self.list(items.map { "<li>\($0)</li>" }, isNumbered)
        case .table(let heads, let rows):
            HTML.table(heads, rows.map { row in row.map { "\($0)" } })
        case .commands(let lines): "<pre>\(lines.joined(separator: "\n"))</pre>\n"
        }
    }

    private static func list(_ items: [HTML], _ isNumbered: Bool) -> HTML {
        isNumbered ? "<ol>\(items)</ol>\n" : "<ul>\(items)</ul>\n"
    }
}

extension String {
    /// As Markdown that reads as this text, on one line.
    fileprivate var marked: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "#":
                text += "\\"
                text.unicodeScalars.append(scalar)
            case "\n", "\r", "\t": text += " "
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
