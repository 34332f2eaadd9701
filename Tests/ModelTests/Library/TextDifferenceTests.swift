// What differs between two texts is shown, with the lines around it, and nothing else.
import Model
import Testing

@Suite struct TextDifferenceTests {
    @Test func `B-7: equal texts differ by no line`() {
        #expect(TextDifference.lines(from: "a\nb\n", to: "a\nb\n") == [])
    }

    @Test func `B-7: a changed line is shown with its neighbours, a gap as one`() {
        let before = (1...12).map { "line \($0)" }
        var after = before
        after[1] = "other 2"
        after.append("line 13")
        #expect(
            TextDifference.lines(
                from: before.joined(separator: "\n"), to: after.joined(separator: "\n"), around: 1)
                == [" line 1", "-line 2", "+other 2", " line 3", "…", " line 12", "+line 13"])
    }

    @Test func `B-7: from nothing everything is new`() {
        #expect(TextDifference.lines(from: "", to: "a\nb") == ["-", "+a", "+b"])
    }

    @Test(arguments: 1...40)
    func `B-7: a difference of random texts leads from the one to the other`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let texts = (0..<2).map { _ in
            (0..<Int.random(in: 1...20, using: &random)).map { _ in
                ["a", "b", "c", ""].randomElement(using: &random) ?? ""
            }
        }
        let lines = TextDifference.lines(
            from: texts[0].joined(separator: "\n"), to: texts[1].joined(separator: "\n"),
            around: 100)
        if texts[0] == texts[1] { return }
        let before = lines.filter { !$0.hasPrefix("+") }.map { String($0.dropFirst()) }
        let after = lines.filter { !$0.hasPrefix("-") }.map { String($0.dropFirst()) }
        #expect(before == texts[0], "seed \(seed)")
        #expect(after == texts[1], "seed \(seed)")
    }
}
