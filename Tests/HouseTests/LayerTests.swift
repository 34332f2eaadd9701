// The floors hold: every arrow points down, rooms of one floor do not know each other, and what has
// one room stays in it.
import Testing

@Suite struct LayerTests {
    @Test func `every arrow of the layer table points down`() {
        let floors = Dictionary(uniqueKeysWithValues: Layers.rooms.map { ($0.name, $0.floor) })
        hold(
            "A room sees rooms of lower floors only.",
            Layers.rooms.flatMap { room in
                room.sees.filter { (floors[$0] ?? .max) >= room.floor }
                    .map { "\(room.name) (floor \(room.floor)) sees \($0)" }
            })
    }

    @Test func `every folder in Sources is a room of the layer table`() {
        let known = Set(Layers.rooms.map(\.name) + ["System"])
        hold(
            "Give the room a row in Layers.swift: its floor, its duty and what it may see.",
            Repository.folders(in: "Sources").filter { !known.contains($0) })
    }

    @Test func `every import is allowed by the layer table`() {
        let offences = swiftSources.flatMap { file -> [String] in
            guard let room = Layers.room(of: file.path) else { return [] }
            let allowed = Set(room.sees + room.outside + Layers.common)
            return Self.imports(of: file).filter { !allowed.contains($0.module) }
                .map { file.offence($0.line, "\(room.name) may not import \($0.module)") }
        }
        hold("An import needs a downward arrow or an outside module in Layers.swift.", offences)
    }

    @Test func `the package declares no arrow that the layer table does not have`() {
        let names = Set(Layers.rooms.map(\.name))
        let offences = Layers.rooms.flatMap { room in
            Self.declaredDependencies(of: room.name)
                .filter { names.contains($0) && !room.sees.contains($0) }
                .map { "Package.swift: \(room.name) depends on \($0)" }
        }
        hold("Package.swift follows the layer table of Layers.swift.", offences)
    }

    @Test func `the README shows the layer table as it is`() throws {
        let readme = try #require(Repository.files.first { $0.path == "README.md" })
        guard !readme.text.contains(Layers.table) else { return }
        hold("README.md must hold this table:", ["\n" + Layers.table])
    }

    @Test func `nothing is public, since nothing is vended`() {
        let vended = Pattern(#"^\s*(?:@\w+\s+)*(?:public|open)\s+\w+\s+[\w`]+"#)
        let offences = swiftSources.flatMap { file in
            vended.matches(in: file.code).map {
                file.offence($0.line, $0.texts[0].split(separator: "\n").joined())
            }
        }
        hold("`package` is enough between rooms.", offences)
    }

    @Test func `SQL is written in Store only`() {
        let sql = Pattern(
            #""[^"\n]*\b(SELECT\s+\S+.*\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|"#
                + #"DELETE\s+FROM|CREATE\s+(TABLE|INDEX|TRIGGER)|PRAGMA\s+\w+)\b"#)
        let offences = swiftSources.filter { !$0.path.hasPrefix("Sources/Store/") }
            .flatMap { file in
                sql.matches(in: file.codeWithStrings).map { file.offence($0.line, $0.texts[1]) }
            }
        hold("SQL text belongs to Sources/Store.", offences)
    }

    @Test func `only the composition names the implementations of a seam`() {
        let concrete = Layers.seams.flatMap(Self.implementations)
        let offences = concrete.flatMap { part in
            let mention = Pattern(#"\b\#(part.name)\b"#)
            return swiftSources.filter { file in
                file.path != Layers.composition
                    && Layers.room(of: file.path)?.name != part.room
            }.flatMap { file in
                mention.matches(in: file.code).map { file.offence($0.line, part.name) }
            }
        }
        hold("Take the protocol; \(Layers.composition) names the part.", offences)
    }

    @Test func `the system tests import no module of ours`() {
        let ours = Set(Layers.rooms.map(\.name))
        let offences = Repository.files(under: "Tests/SystemTests", extensions: ["swift"])
            .flatMap { file in
                Self.imports(of: file).filter { ours.contains($0.module) }
                    .map { file.offence($0.line, "imports \($0.module)") }
            }
        hold("System tests know the built program only.", offences)
    }

    private var swiftSources: [SourceFile] {
        Repository.files(under: "Sources", extensions: ["swift"])
    }

    private static let importLine = Pattern(
        #"^\s*(?:@\w+\s+)*(?:(?:package|internal|private|fileprivate|public)\s+)?import\s+"#
            + #"(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)"#)

    private static func imports(of file: SourceFile) -> [(module: String, line: Int)] {
        importLine.matches(in: file.code).map { ($0.texts[1], $0.line) }
    }

    private static func implementations(of seam: String) -> [(name: String, room: String)] {
        let head = Pattern(
            #"\b(?:struct|class|actor|enum|extension)\s+(\w+)[^{}]*?:[^{}]*\b\#(seam)\b[^{}]*\{"#)
        return Repository.files(under: "Sources", extensions: ["swift"]).flatMap { file in
            head.matches(in: file.code).map {
                ($0.texts[1], Layers.room(of: file.path)?.name ?? "")
            }
        }
    }

    /// The quoted names in a target's declaration, the target's own left out.
    private static func declaredDependencies(of room: String) -> [String] {
        let package = Repository.files.first { $0.path == "Package.swift" }
        let text = package?.codeWithStrings ?? ""
        let head = Pattern(#"(?:\broom\(|[tT]arget\(\s*name:)\s*"\#(room)"[\s\S]*"#)
        let quoted = Pattern(#""([^"]+)""#)
        return head.matches(in: text).flatMap { match in
            quoted.matches(in: call(match.texts[0])).map { $0.texts[1] }.filter { $0 != room }
        }
    }

    /// The beginning of `text` up to the parenthesis that closes the first one opened.
    private static func call(_ text: String) -> String {
        var depth = 0
        let end = text.firstIndex { character in
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            return character == ")" && depth == 0
        }
        return String(text[..<(end ?? text.endIndex)])
    }
}
