// A text that was decoded is not decoded again as long as it is the same, and never outdated.
import Model
import Testing

@Suite struct DecodedTextsTests {
    @Test func `the same text is decoded once, another one again`() {
        let known = DecodedTexts<String, Int>()
        var decoded: [String] = []
        func read(_ text: String, _ key: String) -> Int {
            known.content(of: text, under: key) {
                decoded.append(text)
                return text.count
            }
        }
        #expect([read("one", "a"), read("one", "a"), read("three", "a")] == [3, 3, 5])
        #expect(read("one", "a") == 3)
        #expect(read("one", "b") == 3)
        #expect(decoded == ["one", "three", "one", "one"])
    }

    @Test func `what cannot be decoded is asked for again, and the memory has a bound`() throws {
        let known = DecodedTexts<String, Int>()
        let damage = Failure(.storeDamaged, "no number")
        #expect(throws: damage) { try known.content(of: "x", under: "a") { throw damage } }
        #expect(known.content(of: "x", under: "a") { 1 } == 1)
        for number in 0...Limits.decodedTextsMax { known.keep(number, of: "x", under: "\(number)") }
        #expect(known.content(of: "x", under: "a") { 2 } == 2, "it has been forgotten")
    }
}
