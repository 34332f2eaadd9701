// What all pages of the house have in common: one file for a browser or a printer, which loads
// nothing and runs nothing; its looks; a table.

extension HTML {
    package static func page(_ title: String, _ body: HTML) -> HTML {
        """
        <!doctype html><html lang="en"><head><meta charset="utf-8">\
        <meta name="viewport" content="width=device-width"><title>\(title)</title>\
        <style>\(style)</style></head><body>
        \(body)
        </body></html>

        """
    }

    /// A part of a page; nothing when it has no content.
    static func part(_ title: String, _ content: HTML) -> HTML {
        content.text.isEmpty ? "" : "<section><h2>\(title)</h2>\(content)</section>"
    }

    /// Nothing when there is no row.
    static func table(_ heads: [String], _ rows: [[HTML]]) -> HTML {
        if rows.isEmpty { return "" }
        let head = heads.map { "<th>\($0)</th>" as HTML }
        let body = rows.map { row in
            "<tr>\(row.map { "<td>\($0)</td>" as HTML })</tr>\n" as HTML
        }
        return "<table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table>"
    }

    private static let style: HTML = """
        :root { color-scheme: light dark; --ink: #1c2430; --faint: #667; --line: #d8dbe2;
          --machine: #2f6fb5; --people: #c9861a; --bad: #b3261e; --paper: #fff; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --faint: #9aa3b2;
          --line: #353c48; --machine: #6ea8e8; --people: #e0a94a; --bad: #ff8a80; --paper: #14181f; } }
        body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
          max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { margin: .2rem 0; } h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
        h3 { margin: 1rem 0 .2rem; font-size: 1rem; }
        .state { display: inline-block; margin: 0; padding: .1rem .6rem; border-radius: 1rem;
          border: 1px solid currentColor; color: var(--people); }
        .completed { color: var(--machine); } .failed.state, .aborted, .why { color: var(--bad); }
        dl { display: flex; flex-wrap: wrap; gap: .3rem 2rem; } dt { color: var(--faint); }
        dd { margin: 0; font-variant-numeric: tabular-nums; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th { text-align: left; color: var(--faint); font-weight: 500; }
        th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line);
          vertical-align: top; }
        code { font-size: .85em; overflow-wrap: anywhere; }
        svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--ink); }
        svg rect { fill: var(--machine); } .stage rect { fill: var(--faint); opacity: .35; }
        .stage text { font-weight: 600; } .question rect { fill: var(--people); }
        .failed rect { fill: var(--bad); } .forgiven rect { fill: var(--bad); opacity: .5; }
        .skipped rect { fill: var(--line); } .tick line { stroke: var(--line); }
        svg .tick text { fill: var(--faint); }
        @media print { details { display: block; } body { margin: 0; max-width: none; } }
        """
}
