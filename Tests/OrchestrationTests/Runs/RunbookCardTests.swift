// A runbook's card and what a run is told: parameters by type, defaults, and the nearest spelling.
import Model
import Orchestration
import Testing

@Suite struct RunbookCardTests {
    private static let every = #"""
        return runbook {
          summary = "Everything a parameter can be",
          parameters = {
            text = { "string", "a text" }, flag = { "boolean", "a flag" },
            ratio = { "number", "a number" }, count = { "integer", "a count" },
            pause = { "duration", "a pause" }, cap = { "size", "a size" },
            at = { "time", "a time" }, vm = { "vm", "a vm" }, site = { "site", "a site" },
          },
          run = function() end,
        }
        """#

    private static let given: [String: Value] = [
        "text": "5", "flag": "true", "ratio": "0.5", "count": "-3", "pause": "5m", "cap": "64MiB",
        "at": "22:00", "vm": "oslo/sql01", "site": "oslo",
    ]

    // MARK: Arguments of a run

    @Test func `what the command line gives as text becomes what the card declares`() throws {
        let arguments = try Cards().runbook(Self.every).arguments(from: Self.given)
        #expect(
            arguments == [
                "text": "5", "flag": true, "ratio": .float(0.5), "count": -3, "pause": "5m",
                "cap": "64MiB", "at": "22:00", "vm": "oslo/sql01", "site": "oslo",
            ])
    }

    @Test func `values that have their type already are taken as they are`() throws {
        var given = Self.given
        given["flag"] = false
        given["ratio"] = 2
        given["count"] = 7
        given["vm"] = ["name": "sql01", "site": "oslo"]
        let arguments = try Cards().runbook(Self.every).arguments(from: given)
        #expect(arguments["flag"] == false)
        #expect(arguments["ratio"] == 2)
        #expect(arguments["count"] == 7)
        #expect(arguments["vm"]?["site"] == "oslo")
    }

    private static let wrong: [(String, Value, String)] = [
        ("flag", "yes", "parameter 'flag' must be true or false, but is the string \"yes\""),
        ("ratio", "half", "parameter 'ratio' must be a number, but is the string \"half\""),
        ("ratio", "nan", "parameter 'ratio' must be a number, but is the string \"nan\""),
        ("ratio", "inf", "parameter 'ratio' must be a number, but is the string \"inf\""),
        ("count", "1.5", "parameter 'count' must be a whole number, but is the string \"1.5\""),
        (
            "pause", "5 min",
            "parameter 'pause' must be a duration such as \"5m\" or \"1h30m\", but is the string \"5 min\""
        ),
        ("cap", "64", "parameter 'cap' must be a size such as \"64MiB\", but is the string \"64\""),
        (
            "at", "25:00",
            words(
                "parameter 'at' must be a time such as \"22:00\" or \"2026-03-01T22:00:00Z\", but is the ",
                "string \"25:00\"")
        ),
        ("text", 5, "parameter 'text' must be a string, but is the number 5"),
    ]

    @Test(arguments: wrong)
    func `a value of another type is refused`(name: String, value: Value, text: String) throws {
        let card = try Cards().runbook(Self.every)
        let failure = #expect(throws: Failure.self) {
            try card.arguments(from: Self.given.merging([name: value]) { $1 })
        }
        #expect(failure?.message == text)
        #expect(failure?.code == .parameterInvalid)
    }

    @Test func `a parameter that is missing is named with what it is`() throws {
        let card = try Cards().runbook(Self.every)
        var given = Self.given
        given["vm"] = nil
        let failure = #expect(throws: Failure.self) { try card.arguments(from: given) }
        #expect(failure?.message == "the parameter 'vm' is missing: a vm")
    }

    @Test(arguments: [
        ("paus", "the runbook has no parameter 'paus'; did you mean 'pause'?"),
        (
            "zzz",
            "the runbook has no parameter 'zzz'; there is at, cap, count, flag, pause, ratio, site, text, vm"
        ),
    ])
    func `a parameter that the card does not have is refused`(name: String, text: String) throws {
        let card = try Cards().runbook(Self.every)
        let failure = #expect(throws: Failure.self) {
            try card.arguments(from: Self.given.merging([name: "x"]) { $1 })
        }
        #expect(failure?.message == text)
    }

    @Test func `a default stands in for what is not given`() throws {
        let card = try Cards().runbook(
            card(
                #"{ mend = { "boolean", "mend", default = false }, n = { "integer", "n", default = 3 } }"#
            ))
        #expect(try card.arguments(from: [:]) == ["mend": false, "n": 3])
        #expect(try card.arguments(from: ["n": "4"]) == ["mend": false, "n": 4])
    }

    @Test func `a runbook may take nothing`() throws {
        let card = try Cards().runbook(#"return runbook { summary = "s", run = function() end }"#)
        #expect(try card.arguments(from: [:]) == [:])
        #expect(card.summary == "s")
    }

    // MARK: Cards with a fault

    private static let faults: [(String, String)] = [
        (
            #"return runbook { summary = "s" }"#,
            "runbook needs the field 'run': The work: function(arguments) … end."
        ),
        (
            #"return runbook { summary = "s", run = "go" }"#,
            "runbook.run must be a function, but is the string \"go\""
        ),
        (
            #"return runbook { sumary = "s", run = function() end }"#,
            "runbook has no field 'sumary'; did you mean 'summary'?"
        ),
        (
            card(#"{ vm = { "vn", "the machine" } }"#),
            words(
                "runbook.parameters.vm.type must be one of \"string\", \"boolean\", \"number\", ",
                "\"integer\", \"duration\", \"size\", \"time\", \"vm\", \"site\", but is the string ",
                "\"vn\"; did you mean \"vm\"?")
        ),
        (
            card(#"{ vm = { "vm" } }"#),
            "runbook.parameters.vm needs the field 'summary': What it is."
        ),
        (
            card(#"{ vm = "vm" }"#),
            "runbook.parameters.vm must be a table of type, summary, default, but is the string \"vm\""
        ),
        (
            card(#"{ vm = { "vm", "the machine", defualt = "x" } }"#),
            "runbook.parameters.vm has no field 'defualt'; did you mean 'default'?"
        ),
        (
            card(#"{ mend = { "boolean", "mend", default = "no" } }"#),
            "runbook.parameters.mend.default must be true or false, but is the string \"no\""
        ),
        (
            card(#"{ at = { "time", "when", default = "late" } }"#),
            words(
                "runbook.parameters.at.default must be a time such as \"22:00\" or ",
                "\"2026-03-01T22:00:00Z\", but is the string \"late\"")
        ),
        (
            "return {}",
            "runbook card is missing: the file must return runbook { … } or plan { … }"
        ),
        (
            "return",
            "runbook card is missing: the file must return runbook { … } or plan { … }"
        ),
    ]

    @Test(arguments: faults)
    func `a card with a fault is refused with its line`(text: String, fault: String) {
        let failure = #expect(throws: Failure.self) { try Cards().runbook(text) }
        #expect(failure?.description == "web-shop.lua:1: \(fault) [plan.card_invalid]")
    }

    private static func card(_ parameters: String) -> String {
        #"return runbook { summary = "s", run = function() end, parameters = \#(parameters) }"#
    }

    private func card(_ parameters: String) -> String { Self.card(parameters) }
}
