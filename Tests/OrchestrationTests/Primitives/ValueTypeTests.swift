// The types of what authors write: what each takes, what it refuses, and in which words.
import Model
import Orchestration
import Testing

@Suite struct ValueTypeTests {
    private static let vm: Value = ["name": "sql01", "site": "oslo", "host": "host1"]
    private static let step: Value = ["$kind": "step", "name": "s"]
    private static let pair = ValueType.record([
        Parameter("a", .text, required: true, "The first."),
        Parameter("b", .duration, "The second."),
    ])

    private static let taken: [(ValueType, Value)] = [
        (.any, .null), (.any, ["x": 1]),
        (.text, ""), (.text, "5m"),
        (.boolean, true), (.boolean, false),
        (.number, 1), (.number, .float(1.5)),
        (.integer(0..<3), 0), (.integer(0..<3), 2),
        (.duration, "30s"), (.duration, "1h30m"), (.duration, "0s"), (.duration, "2d"),
        (.size, "64MiB"), (.size, "0B"),
        (.time, "00:00"), (.time, "23:59"), (.time, "2026-03-01T22:00:00Z"),
        (.time, "2026-03-01T22:00:00.125+01:00"), (.time, "2026-03-01T22:00Z"),
        (.choice(["a", "b"]), "b"),
        (.vm, "sql01"), (.vm, "oslo/sql01"), (.vm, vm),
        (.function(""), ["$function": 7]),
        (.list(.text), []), (.list(.text), .object([:])), (.list(.text), ["a", "b"]),
        (.map(.boolean), [:]), (.map(.boolean), .list([])), (.map(.boolean), ["x": true]),
        (pair, ["a": "x"]), (pair, ["a": "x", "b": "5m"]), (pair, ["a": "x", "$where": "f:1"]),
        (pair, ["a": "x", "b": .null]),
        (.made("step", [Parameter("name", .text, required: true, "")]), step),
        (.either([.boolean, .list(.text)]), true), (.either([.boolean, .list(.text)]), ["a"]),
    ]

    @Test(arguments: taken)
    func `a value of the type is taken`(type: ValueType, value: Value) {
        #expect(fault(type, value) == nil)
    }

    private static let refused: [(ValueType, Value, String)] = [
        (.text, 7, "x must be a string, but is the number 7"),
        (.text, .null, "x must be a string, but is nil"),
        (.boolean, "true", "x must be true or false, but is the string \"true\""),
        (.number, "1", "x must be a number, but is the string \"1\""),
        (.integer(0..<3), 3, "x must be a whole number from 0 to 2, but is the number 3"),
        (.integer(0..<3), .float(1), "x must be a whole number from 0 to 2, but is the number 1.0"),
        (.integer(1..<Int64.max), 0, "x must be a whole number from 1 on, but is the number 0"),
        (.integer(Int64.min..<Int64.max), true, "x must be a whole number, but is true"),
        (
            .duration, "5",
            "x must be a duration such as \"5m\" or \"1h30m\", but is the string \"5\""
        ),
        (
            .duration, "30m1h",
            "x must be a duration such as \"5m\" or \"1h30m\", but is the string \"30m1h\""
        ),
        (.size, "64MB", "x must be a size such as \"64MiB\", but is the string \"64MB\""),
        (
            .time, "24:00",
            "x must be a time such as \"22:00\" or \"2026-03-01T22:00:00Z\", but is the string \"24:00\""
        ),
        (
            .time, "2026-13-01T22:00:00Z",
            words(
                "x must be a time such as \"22:00\" or \"2026-03-01T22:00:00Z\", but is the string ",
                "\"2026-13-01T22:00:00Z\"")
        ),
        (
            .time, "tonight",
            "x must be a time such as \"22:00\" or \"2026-03-01T22:00:00Z\", but is the string \"tonight\""
        ),
        (
            .choice(["planned", "test"]), "planed",
            words(
                "x must be one of \"planned\", \"test\", but is the string \"planed\"; did you mean ",
                "\"planned\"?")
        ),
        (
            .choice(["planned", "test"]), true,
            "x must be one of \"planned\", \"test\", but is true"
        ),
        (
            .vm, 7,
            "x must be a vm: its name, \"site/name\", or what fabric.vm gives, but is the number 7"
        ),
        (
            .vm, ["name": "sql01"],
            "x must be a vm: its name, \"site/name\", or what fabric.vm gives, but is a table"
        ),
        (.function(""), "go", "x must be a function, but is the string \"go\""),
        (.list(.text), ["a": "b"], "x must be a list, each a string, but is a table"),
        (.list(.text), ["a", 7], "x[2] must be a string, but is the number 7"),
        (.list(.text), "a", "x must be a list, each a string, but is the string \"a\""),
        (.map(.boolean), ["b": 1, "a": 2], "x.a must be true or false, but is the number 2"),
        (
            .map(.boolean), ["a"],
            "x must be a table from names to values, each true or false, but is a list"
        ),
        (pair, "a", "x must be a table of a, b, but is the string \"a\""),
        (pair, [:], "x needs the field 'a': The first."),
        (pair, ["a": "x", "c": 1], "x has no field 'c'; did you mean 'a'?"),
        (pair, ["a": "x", "bb": 1], "x has no field 'bb'; did you mean 'b'?"),
        (
            pair, ["a": "x", "b": 5],
            "x.b must be a duration such as \"5m\" or \"1h30m\", but is the number 5"
        ),
        (.made("group", []), step, "x must be group { … }, but is step { … }"),
        (.made("group", []), ["name": "g"], "x must be group { … }, but is a table"),
        (.either([.boolean, pair]), ["a": 1], "x.a must be a string, but is the number 1"),
        (
            .either([.boolean, pair]), 7,
            "x must be true or false, or a table of a, b, but is the number 7"
        ),
        (
            .either([.choice(["abort", "ask"]), pair]), "aks",
            words(
                "x must be one of \"abort\", \"ask\", or a table of a, b, but is the string \"aks\"; did you ",
                "mean \"ask\"?")
        ),
        (
            .either([.text, .list(.boolean)]), [true, 7],
            "x[2] must be true or false, but is the number 7"
        ),
        (.text, ["$function": 3], "x must be a string, but is a function"),
    ]

    @Test(arguments: refused)
    func `a value of another type is refused in words`(
        type: ValueType, value: Value, words: String
    ) {
        #expect(fault(type, value)?.message == words)
    }

    @Test func `the line is that of the innermost table that has noted one`() {
        let type = ValueType.record([Parameter("parts", .list(.record([])), "")])
        let value: Value = ["$where": "a.lua:3", "parts": [["$where": "b.lua:9", "x": 1]]]
        #expect(fault(type, value)?.position == SourcePosition(file: "b.lua", line: 9))
        let bare: Value = ["$where": "a.lua:3", "parts": [["x": 1]]]
        #expect(fault(type, bare)?.position == SourcePosition(file: "a.lua", line: 3))
    }

    @Test func `a long string is cut in the message`() {
        let words = fault(.boolean, .text(String(repeating: "x", count: 500)))?.message ?? ""
        #expect(words.count < 120)
    }

    private static let annotations: [(ValueType, String)] = [
        (ValueType.any, "any"), (.text, "string"), (.duration, "string"), (.time, "string"),
        (.integer(0..<2), "integer"), (.choice(["a", "b"]), "\"a\"|\"b\""),
        (.vm, "string|muster.vm"), (.list(.text), "string[]"), (.list(.vm), "(string|muster.vm)[]"),
        (.list(.either([.text, .boolean])), "(string|boolean)[]"),
        (.map(.list(.vm)), "table<string, (string|muster.vm)[]>"),
        (.function("(a: b)"), "fun(a: b)"),
        (pair, "{ a: string, b?: string }"), (.record([]), "table"),
        (.made("step", []), "muster.step"), (.either([.text, .number]), "string|number"),
    ]

    @Test(arguments: annotations)
    func `a type is written for editors`(type: ValueType, annotation: String) {
        #expect(type.annotation == annotation)
    }

    private func fault(_ type: ValueType, _ value: Value) -> Failure? {
        do throws(Failure) {
            try type.check(value, CheckSubject("x", code: .cardInvalid))
            return nil
        } catch {
            return error
        }
    }
}
