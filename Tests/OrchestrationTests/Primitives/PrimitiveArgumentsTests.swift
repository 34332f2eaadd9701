// The arguments of a call against the primitive's record: named, checked, refused at the author's
// line.
import Model
import Orchestration
import Testing

@Suite struct PrimitiveArgumentsTests {
    private let here = SourcePosition(file: "web-shop.lua", line: 12)

    @Test func `arguments come by their names, options as they are`() throws {
        let named = try arguments("replication.protect", ["sql01", ["target": "bergen"]])
        #expect(named == ["vm": "sql01", "options": ["target": "bergen"]])
    }

    @Test func `options that may be left out may be left out`() throws {
        #expect(try arguments("fabric.select", []) == [:])
        #expect(
            try arguments("fabric.connect", ["sql01", "tenant"]).keys.sorted() == ["switch", "vm"])
        #expect(try arguments("fabric.connect", ["sql01", "tenant", .null]).count == 2)
    }

    private static let wrong: [(String, [Value], String)] = [
        ("fabric.stop", [], "fabric.stop needs 'vm': The vm."),
        ("fabric.stop", [.null], "fabric.stop needs 'vm': The vm."),
        (
            "fabric.stop", [7],
            words(
                "fabric.stop: vm must be a vm: its name, \"site/name\", or what fabric.vm gives, but is the ",
                "number 7")
        ),
        (
            "fabric.stop", ["a", "b"],
            "fabric.stop takes one argument, but is also given the string \"b\""
        ),
        ("job.now", [true], "job.now takes no arguments, but is also given true"),
        (
            "fabric.connect", ["a", "s", [:], 1],
            "fabric.connect takes 3 arguments, but is also given the number 1"
        ),
        (
            "fabric.connect", ["sql01", .null, ["nic": "nic1"]],
            "fabric.connect needs 'switch': The switch."
        ),
        (
            "replication.protect", ["sql01", ["target": "bergen", "intervall": "5m"]],
            "replication.protect: options has no field 'intervall'; did you mean 'interval'?"
        ),
        (
            "replication.protect", ["sql01", ["interval": "5m"]],
            "replication.protect: options needs the field 'target': The site that receives the replica."
        ),
        (
            "replication.protect", ["sql01", ["target": "bergen", "interval": "2h"]],
            words(
                "replication.protect: options.interval must be one of \"30s\", \"5m\", \"15m\", ",
                "\"continuous\", but is the string \"2h\"")
        ),
        (
            "replication.protect", ["sql01", "bergen"],
            words(
                "replication.protect: options must be a table, but is the string \"bergen\"")
        ),
        (
            "replication.protect", ["sql01", ["target": "bergen", "points": 25]],
            "replication.protect: options.points must be a whole number from 1 to 24, but is the number 25"
        ),
        (
            "fabric.select", [["power": "on"]],
            "fabric.select: filter.power must be one of \"off\", \"running\", but is the string \"on\""
        ),
        (
            "job.sleep", ["soon"],
            words(
                "job.sleep: duration must be a duration such as \"5m\" or \"1h30m\", but is the string ",
                "\"soon\"")
        ),
        (
            "job.ask", ["Go on?", ["deadline": 30]],
            words(
                "job.ask: options.deadline must be a duration such as \"5m\" or \"1h30m\", but is the number ",
                "30")
        ),
    ]

    @Test(arguments: wrong)
    func `a wrong call is refused at its line`(
        name: String, list: [Value], words: String
    ) throws {
        let primitive = try #require(Catalogue()[name])
        let failure = #expect(throws: Failure.self) {
            try primitive.arguments(from: list, at: here)
        }
        #expect(failure?.message == words)
        #expect(failure?.code == .argumentInvalid)
        #expect(failure?.position == here)
    }

    @Test(arguments: [
        ("fabric.select", "fabric.select([filter])"),
        ("replication.protect", "replication.protect(vm, options)"),
        ("fabric.connect", "fabric.connect(vm, switch, [options])"), ("job.now", "job.now()"),
    ])
    func `a signature shows what may be left out`(name: String, signature: String) {
        #expect(Catalogue()[name]?.signature == signature)
    }

    private func arguments(_ name: String, _ list: [Value]) throws -> [String: Value] {
        try #require(Catalogue()[name]).arguments(from: list, at: here)
    }
}
