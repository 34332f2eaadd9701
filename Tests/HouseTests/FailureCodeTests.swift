// Every failure has a name, a page and a test: what can go wrong is written down, and somebody has
// seen it go wrong.
import Foundation
import Model
import Testing

/// Codes that no test can bring about, each with the reason.
private let unprovoked = [
    "muster.fault": "it names what cannot happen",
    "store.append_only": "no change of ours rewrites the record; the triggers are tested below it",
]

@Suite struct FailureCodeTests {
    @Test func `every declared code stands in the list of its file`() {
        let listed = Set(Failure.Code.catalogue.map(\.name))
        hold(
            "Name the constant in the array on top of its file.",
            Self.declared.filter { !listed.contains($0.name) }.map { "\($0.place): \($0.name)" })
    }

    @Test func `a code is declared once and named room, point, what`() {
        let counted = Dictionary(grouping: Self.declared, by: \.name)
        let twice = counted.filter { $0.value.count > 1 }.map { "\($0.key): declared twice" }
        let form = Pattern(#"^[a-z]+\.[a-z]+(_[a-z]+)*$"#)
        let crooked = Failure.Code.catalogue.filter { !form.isFound(in: $0.name) }
            .map { "\($0.name): not of the form room.what" }
        hold("A code is stable for ever; choose it well.", twice + crooked)
    }

    @Test func `every code has a page in whole sentences`() {
        let offences = Failure.Code.catalogue.flatMap { code in
            [("meaning", code.meaning), ("remedy", code.remedy)]
                .filter { $0.1.count < 15 || !($0.1.hasSuffix(".") || $0.1.hasSuffix("`")) }
                .map { "\(code.name): its \($0.0) is \"\($0.1)\"" }
        }
        hold("Meaning and remedy are sentences for the person at the keyboard.", offences)
    }

    @Test func `every code is brought about by a test`() {
        let tests = Repository.files.filter {
            $0.path.hasPrefix("Tests/") && !$0.path.hasPrefix("Tests/HouseTests/")
                || $0.path.hasSuffix(".test.lua")
        }.map(\.codeWithStrings).joined(separator: "\n")
        let offences = Self.declared.compactMap { code -> String? in
            let isProduced = Pattern(
                #"["'\s]\#(code.name.replacing(".", with: #"\."#))\b|\.\#(code.constant)\b"#
            ).isFound(in: tests)
            return isProduced || unprovoked[code.name] != nil
                ? nil : "\(code.place): \(code.name)"
        }
        hold("Write the test that produces it, in code or Lua, or say why none can.", offences)
    }

    private struct Declared {
        let name: String
        let constant: String
        let place: String
    }

    private static var declared: [Declared] {
        let declaration = Pattern(#"static\s+let\s+(\w+)\s*(?::\s*\w+)?\s*=\s*\w+\(\s*"([^"]+)""#)
        return Repository.files(under: "Sources/Model/Failures", extensions: ["swift"])
            .flatMap { file in
                declaration.matches(in: file.codeWithStrings).map {
                    Declared(
                        name: $0.texts[2], constant: $0.texts[1],
                        place: "\(file.path):\($0.line)")
                }
            }
    }
}
