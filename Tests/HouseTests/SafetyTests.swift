// What the compiler cannot see: every hole in the type system carries the sentence that justifies
// it, and no test sleeps.
import Testing

@Suite struct SafetyTests {
    @Test func `what switches a check off has a sentence beside it`() {
        let holes = Pattern(
            #"\btry!|\bas!|@unchecked\s+Sendable|nonisolated\(unsafe\)|\bunsafeBitCast\b"#)
        let offences = Repository.files.filter { $0.pathExtension == "swift" }.flatMap { file in
            holes.matches(in: file.code).filter { !hasSentence(file, at: $0.line) }
                .map { file.offence($0.line, $0.texts[0]) }
        }
        hold("Say on that line or beside it why this is safe.", offences)
    }

    @Test func `no test sleeps`() {
        let sleep = Pattern(
            #"\b(?:Task|Thread)\.sleep\b|(?<![.\w])(?<!func )(?:u|nano)?sleep\s*\("#)
        let inShell = Pattern(#"(?<![\w-])sleep\s+[\d.$]"#)
        let offences = Repository.files.filter { $0.path.hasPrefix("Tests/") }.flatMap { file in
            (file.pathExtension == "sh" ? inShell : sleep).matches(in: file.code)
                .map { file.offence($0.line, $0.texts[0]) }
        }
        hold("Wait for a named signal or the virtual clock.", offences)
    }

    /// A comment on the line itself, on the one below that opens a body with it, or on the nearest
    /// line above that is not an attribute.
    private func hasSentence(_ file: SourceFile, at line: Int) -> Bool {
        if file.lines[line - 1].contains("//") { return true }
        let opens = file.lines[line - 1].hasSuffix("{") && line < file.lines.count
        if opens && isComment(file.lines[line]) { return true }
        let above = file.lines[..<(line - 1)].last { !$0.drop { $0 == " " }.hasPrefix("@") }
        return above.map(isComment) ?? false
    }

    private func isComment(_ line: Substring) -> Bool {
        line.drop { $0 == " " }.hasPrefix("//")
    }
}
