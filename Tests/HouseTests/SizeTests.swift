// Files and functions stay small. What is larger stands in the list with its figure, which may only
// shrink: a ratchet, so that a giant neither grows nor is forgotten.
import Testing

/// What may be longer than the rule says, and by how much.
private enum Ratchet {
    /// Path to lines.
    static let files: [String: Int] = [:]
    /// `path function` to lines.
    static let functions: [String: Int] = [:]
}

@Suite struct SizeTests {
    static let fileLinesMax = ["swift": 300, "lua": 300, "sh": 300, "c": 500, "h": 500]
    static let functionLinesMax = 60
    static let columnsMax = 100

    @Test func `a file stays within its length`() {
        let measured = Repository.files.filter { !isGenerated($0) }.compactMap { file in
            Self.fileLinesMax[file.pathExtension].map {
                Measure(name: file.path, actual: file.lineCount, limit: $0)
            }
        }
        hold("Split the file by its nouns.", ratchet(measured, Ratchet.files))
    }

    @Test func `a function stays within its length`() {
        let measured = Repository.files.flatMap { file in
            FunctionLength.measure(file).map {
                Measure(
                    name: "\(file.path) \($0.name)", actual: $0.lines,
                    limit: Self.functionLinesMax)
            }
        }
        hold(
            "Split the function: the branching stays, the leaves leave.",
            ratchet(measured, Ratchet.functions))
    }

    /// The formatter watches the code of Swift; its comments and the other languages are watched
    /// here.
    @Test func `a line stays within 100 columns`() {
        let offences = Repository.files
            .filter { Self.fileLinesMax.keys.contains($0.pathExtension) && !isGenerated($0) }
            .flatMap { file in
                file.lines.enumerated().filter { line in
                    line.element.utf8.count > Self.columnsMax
                        && line.element.count > Self.columnsMax
                        && (file.pathExtension != "swift" || isComment(line.element))
                }.map { file.offence($0.offset + 1, "\($0.element.count) columns") }
            }
        hold("At most 100 columns, in every language.", offences)
    }

    @Test func `the length of a function is counted from its head to its last brace`() {
        let text = """
            protocol P {
                func bodiless() async throws
                var small: Int {
                    1
                }
                func long(
                    _ f: () -> Void = {}
                ) -> String
                where Self: Sized {
                    let a = { "}" }  // }
                    return a()
                }
            }
            """
        let measured = FunctionLength.measure(SourceFile(path: "a.swift", text: text))
        #expect(
            measured == [
                FunctionLength(name: "small", line: 3, lines: 3),
                FunctionLength(name: "long", line: 6, lines: 7),
            ])
        let c = "static int f(int a) {\n  if (a) { g(\"}\"); }\n  return 1;\n}\n"
        #expect(
            FunctionLength.measure(SourceFile(path: "a.c", text: c))
                == [FunctionLength(name: "f", line: 1, lines: 4)])
    }

    private struct Measure {
        let name: String
        let actual: Int
        let limit: Int
    }

    /// What is over its limit and not listed, has outgrown its figure, or has shrunk below it.
    private func ratchet(_ measured: [Measure], _ listed: [String: Int]) -> [String] {
        let offences = measured.compactMap { item -> String? in
            let figure = listed[item.name]
            if let figure, item.actual < figure {
                let next = item.actual > item.limit ? "lower its figure" : "strike it"
                return "\(item.name): \(item.actual) lines, listed with \(figure): \(next)"
            }
            guard item.actual > max(item.limit, figure ?? 0) else { return nil }
            return "\(item.name): \(item.actual) lines, \(figure ?? item.limit) allowed"
        }
        let gone = Set(listed.keys).subtracting(measured.map(\.name))
        return offences + gone.map { "\($0): listed, but not there any more" }
    }

    private func isComment(_ line: Substring) -> Bool {
        line.drop { $0 == " " }.hasPrefix("//")
    }

    private func isGenerated(_ file: SourceFile) -> Bool { file.path.hasPrefix("stdlib/meta/") }
}
