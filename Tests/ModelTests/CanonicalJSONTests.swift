// Equal values have equal bytes, and what is written reads back.
import Model
import Testing

@Suite struct CanonicalJSONTests {
    @Test func `keys are sorted, integers have no point and floats always one`() throws {
        let value: Value = .object([
            "b": 1, "a": .float(1), "é": .float(1e300), "Z": [true, .null],
        ])
        #expect(value.canonicalJSON == #"{"Z":[true,null],"a":1.0,"b":1,"é":1e+300}"#)
    }

    @Test(arguments: [#"{"a":[1,2.5,"x\n\u0001",{}],"b":-9223372036854775808}"#, "[]", "\"\\\\\""])
    func `canonical text reads back to the same text`(text: String) throws {
        #expect(try Value(json: text).canonicalJSON == text)
    }

    @Test(arguments: ["", "{", "[1,]", "01", "nul", "\"\u{1}\"", "{\"a\":1,\"a\":2}", "1 2", "--1"])
    func `what is not JSON is refused with the byte at which it stopped`(text: String) {
        #expect { try Value(json: text) } throws: { error in
            (error as? Failure)?.code == .usage && "\(error)".contains("at byte")
        }
    }

    @Test func `a surrogate pair is one character`() throws {
        #expect(try Value(json: #""\ud83d\ude00""#) == "😀")
    }
}
