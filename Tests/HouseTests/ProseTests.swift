// What is written for people: a file says what it is, a page has one title, a link leads somewhere,
// a name says something, and nothing speaks of one particular machine.
import Foundation
import Testing

@Suite struct ProseTests {
    @Test func `a file opens with a paragraph that says what lives in it`() {
        let openings = [
            "swift": "// ", "c": "// ", "h": "// ", "lua": "--- ", "sh": "#",
        ]
        let offences = Repository.files.compactMap { file -> String? in
            guard let opening = openings[file.pathExtension] else { return nil }
            let isMeta = file.path.hasPrefix("stdlib/meta/") && file.text.hasPrefix("---@meta")
            let isLuaProse = file.pathExtension == "lua" && file.text.hasPrefix("-- ")
            return file.text.hasPrefix(opening) || isMeta || isLuaProse
                ? nil : file.offence(1, "begin with \(opening)")
        }
        hold("The first line says what lives here and what must stay true.", offences)
    }

    @Test func `every room has its page with one title`() {
        let offences = Layers.rooms.filter { Repository.exists("Sources/\($0.name)") }
            .compactMap { room -> String? in
                let path = "Sources/\(room.name)/\(room.name).docc/\(room.name).md"
                guard let page = Repository.files.first(where: { $0.path == path }) else {
                    return "\(path): missing"
                }
                let titles = Markdown.headings(page).filter { $0.hasPrefix("# ") }
                return titles == ["# ``\(room.name)``"]
                    ? nil : "\(path): titles are \(titles), wanted one: # ``\(room.name)``"
            }
        hold("A room's design note is its face.", offences)
    }

    @Test func `every document has exactly one title`() {
        let offences = Markdown.files.compactMap { file -> String? in
            let titles = Markdown.headings(file).filter { $0.hasPrefix("# ") }
            return titles.count == 1 ? nil : file.offence(1, "\(titles.count) titles")
        }
        hold("One `# ` line in each document.", offences)
    }

    @Test func `a link inside the repository leads somewhere`() {
        let link = Pattern(#"\]\(([^)\s#]*)(?:#[^)\s]*)?\)"#)
        let offences = Markdown.files.flatMap { file in
            link.matches(in: Markdown.prose(file)).compactMap { match -> String? in
                let target = match.texts[1]
                let isElsewhere = target.isEmpty || target.contains(":")
                return isElsewhere || Repository.exists(file.folder + target)
                    ? nil : file.offence(match.line, "\(target) is not there")
            }
        }
        hold("Mend the link, from the folder of the document.", offences)
    }

    @Test func `prose does not point at line numbers`() {
        let place = Pattern(#"\b[\w/]+\.(?:swift|c|h):\d+"#)
        let offences = Markdown.files.flatMap { file in
            place.matches(in: Markdown.prose(file)).map { file.offence($0.line, $0.texts[0]) }
        }
        hold("Lines move: name the function.", offences)
    }

    @Test func `nothing is left for later`() {
        let marks = Pattern(
            #"\b("# + ["TO" + "DO", "FIX" + "ME", "X" + "XX"].joined(separator: "|") + #")\b"#)
        hold("Do it, or open an issue.", offences(of: marks, in: Repository.files))
    }

    @Test func `no name says util, helper or manager`() {
        let empty = "(?:util|utils|utility|utilities|helper|helpers|manager|misc|common)"
        let declaration = Pattern(
            #"\b(?:struct|class|actor|enum|protocol|func|typealias|module)\s+(\w*"#
                + #"(?:Util|Helper|Manager|Misc)\w*)"#)
        let file = Pattern(#"(?:^|[/_-])\#(empty)(?:[/._-]|$)|\w(?:Util|Helper|Manager|Misc)"#)
        let offences = Repository.files.flatMap { source -> [String] in
            let path = file.isFound(in: source.path) ? [source.path] : []
            return path
                + declaration.matches(in: source.code)
                .map { source.offence($0.line, $0.texts[1]) }
        }
        hold("Name what it does or is.", offences)
    }

    @Test func `no path of a machine is written down`() {
        let places = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/\\w", "/Us" + "ers/\\w"]
        let scratch = "/t" + "mp/[a-z]+-[a-z0-9]{4,}"
        let pattern = Pattern((places + [scratch]).joined(separator: "|"))
        hold("The tree lives anywhere.", offences(of: pattern, in: Repository.files))
    }

    private func offences(of pattern: Pattern, in files: [SourceFile]) -> [String] {
        files.flatMap { file in
            pattern.matches(in: file.text).map { file.offence($0.line, $0.texts[0]) }
        }
    }
}

/// Markdown with its examples blanked.
private enum Markdown {
    static var files: [SourceFile] { Repository.files.filter { $0.pathExtension == "md" } }

    /// The text without fenced and indented examples; lines stay.
    static func prose(_ file: SourceFile) -> String {
        var isFenced = false
        return file.lines.map { line in
            if line.hasPrefix("```") { isFenced.toggle() }
            return isFenced || line.hasPrefix("    ") ? "" : String(line)
        }.joined(separator: "\n")
    }

    static func headings(_ file: SourceFile) -> [String] {
        prose(file).split(separator: "\n").filter { $0.hasPrefix("#") }.map(String.init)
    }
}
