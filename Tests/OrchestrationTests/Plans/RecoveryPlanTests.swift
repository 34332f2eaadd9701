// Reading plans: what a sound card says, and how a card with a fault is refused: file, line, what is
// wrong, and what would be right.
import Model
import Orchestration
import Testing

@Suite struct RecoveryPlanTests {
    // MARK: A sound card

    @Test func `a card is read whole`() throws {
        let plan = try Cards().plan(
            card(
                #"""
                objective = { rpo = "5m", rto = "1h" },
                shutdown = { "web", "db" },
                dependencies = { web02 = { "web01", { name = "sql01", site = "oslo" } } },
                reverse = false, start = false,
                """#,
                groups:
                    #"group { "db", vms = { "sql01" } }, group { "web", vms = { "web01", "web02" } }"#
            ))
        #expect(plan.summary == "Web shop")
        #expect([plan.source, plan.target] == ["oslo", "bergen"])
        #expect(plan.rpo == .seconds(300))
        #expect(plan.rto == .seconds(3600))
        #expect(plan.vms == ["sql01", "web01", "web02"])
        #expect(plan.shutdown.order == ["web", "db"])
        #expect(plan.dependencies == ["web02": ["web01", "sql01"]])
        #expect([plan.reverses, plan.starts] == [false, false])
    }

    @Test func `what is left out has its default`() throws {
        let plan = try Cards().plan(
            card("", groups: #"group { "db", vms = { "a" } }, group { "web", vms = { "b" } }"#))
        #expect(plan.shutdown.order == ["web", "db"])
        #expect([plan.reverses, plan.starts] == [true, true])
        #expect(plan.rpo == nil)
    }

    @Test func `steps of the shutdown need no order of their own`() throws {
        let plan = try Cards().plan(
            card(
                #"shutdown = { before = { step { "s", run = go } } },"#,
                groups: #"group { "db", vms = { "a" } }, group { "web", vms = { "b" } }"#))
        #expect(plan.shutdown.order == ["web", "db"])
        #expect(plan.shutdown.before.map(\.name) == ["s"])
    }

    @Test func `the order of the shutdown may stand under its name`() throws {
        let plan = try Cards().plan(
            card(
                #"shutdown = { order = { "db", "web" } },"#,
                groups: #"group { "db", vms = { "a" } }, group { "web", vms = { "b" } }"#))
        #expect(plan.shutdown.order == ["db", "web"])
    }

    @Test func `vms may come from a selector, as tables`() throws {
        let cards = Cards { name, arguments in
            #expect(name == "fabric.select")
            #expect(arguments["filter"] == ["tag": "vmm"])
            return [["name": "vmm01", "site": "oslo"], ["name": "vmm02", "site": "oslo"]]
        }
        let plan = try cards.plan(
            card("", groups: #"group { "vmm", vms = fabric.select { tag = "vmm" } }"#))
        #expect(plan.vms == ["vmm01", "vmm02"])
    }

    @Test func `a name may be given by its word instead of first`() throws {
        let plan = try Cards().plan(card("", groups: #"group { name = "db", vms = { "a" } }"#))
        #expect(plan.groups.map(\.name) == ["db"])
    }

    @Test func `parts may come from a module of the author's`() throws {
        let cards = Cards(modules: [
            "parts": #"return { db = plan.group { "db", vms = { "sql01" } } }"#
        ])
        let plan = try cards.plan(
            card("", groups: "parts.db", head: #"local parts = require "parts""#))
        #expect(plan.groups[0].position == SourcePosition(file: "parts.lua", line: 1))
    }

    @Test func `a manual task keeps what its question needs`() throws {
        let plan = try Cards().plan(
            card(
                #"""
                before = { manual {
                  "Go on?", instructions = "Look.", by = "role:admin", choices = { "yes", "no" },
                  deadline = "30m", on_deadline = "continue", kinds = { "planned" },
                } },
                """#))
        guard case .manual(let task) = plan.before[0].work else {
            Issue.record("the step is \(plan.before[0].work)")
            return
        }
        #expect(task.title == "Go on?")
        #expect(
            task.options == [
                "instructions": "Look.", "by": "role:admin", "choices": ["yes", "no"],
                "deadline": "30m", "on_deadline": "continue",
            ])
    }

    // MARK: Fields

    @Test func `a missing field is named, with what it is for`() {
        let text = "return plan { summary = \"s\", source = \"oslo\",\n groups = {} }"
        #expect(
            Cards().fault(text)
                == words(
                    "web-shop.lua:1: plan needs the field 'target': The site that is failed over to.",
                    " [plan.card_invalid]"))
    }

    private static let misspelt: [(String, String)] = [
        ("sumary = \"s\",", "plan has no field 'sumary'; did you mean 'summary'?"),
        ("shutdwon = {},", "plan has no field 'shutdwon'; did you mean 'shutdown'?"),
        ("Reverse = true,", "plan has no field 'Reverse'; did you mean 'reverse'?"),
        (
            "objective = { rpo = \"5m\", rt0 = \"1h\" },",
            "plan.objective has no field 'rt0'; did you mean 'rto'?"
        ),
        (
            "colour = \"blue\",",
            words(
                "plan has no field 'colour'; there is after, before, dependencies, groups, objective, ",
                "preflight, reverse, shutdown, source, start, summary, target")
        ),
    ]

    @Test(arguments: misspelt)
    func `a misspelt field is refused with the nearest right one`(field: String, text: String) {
        #expect(Cards().fault(card(field)) == "web-shop.lua:2: \(text) [plan.card_invalid]")
    }

    @Test func `the line is that of the part with the fault`() {
        let text = card(
            "",
            groups:
                "\n\ngroup {\n \"web\", vms = { \"a\" },\n after = {\n step {\n \"s\", rnu = go } } }"
        )
        #expect(
            Cards().fault(text)
                == words(
                    "web-shop.lua:7: plan.groups[1].after[1] has no field 'rnu'; did you mean 'run'?",
                    " [plan.card_invalid]"))
    }

    private static let mistyped: [(String, String)] = [
        ("reverse = \"yes\",", "plan.reverse must be true or false, but is the string \"yes\""),
        (
            "objective = { rpo = 300 },",
            "plan.objective.rpo must be a duration such as \"5m\" or \"1h30m\", but is the number 300"
        ),
        (
            "objective = { rpo = \"5 minutes\" },",
            words(
                "plan.objective.rpo must be a duration such as \"5m\" or \"1h30m\", but is the string ",
                "\"5 minutes\"")
        ),
        (
            "objective = \"fast\",",
            "plan.objective must be a table of rpo, rto, but is the string \"fast\""
        ),
        ("summary = 7,", "plan.summary must be a string, but is the number 7"),
        (
            "dependencies = { \"a\" },",
            words(
                "plan.dependencies must be a table from names to values, each a list, each a vm: its name, ",
                "\"site/name\", or what fabric.vm gives, but is a list")
        ),
        (
            "before = step { \"s\", run = go },",
            "plan.before must be a list, each step { … }, or manual { … }, but is step { … }"
        ),
    ]

    @Test(arguments: mistyped)
    func `a value of another type is refused, told what it is`(field: String, text: String) {
        #expect(Cards().fault(card(field)) == "web-shop.lua:2: \(text) [plan.card_invalid]")
    }

    private static let policies: [(String, String)] = [
        (
            "retries = -1",
            words(
                "retries must be a whole number from 0 to 1000, or a table of test, planned, ",
                "unplanned, failback, but is the number -1")
        ),
        (
            "on_error = \"abrot\"",
            words(
                "on_error must be one of \"abort\", \"continue\", \"ask\", or a table of test, planned, ",
                "unplanned, failback, but is the string \"abrot\"; did you mean \"abort\"?")
        ),
        (
            "on_error = { planed = \"ask\" }",
            "on_error has no field 'planed'; did you mean 'planned'?"
        ),
        (
            "time_limit = { planned = \"soon\" }",
            "time_limit.planned must be a duration such as \"5m\" or \"1h30m\", but is the string \"soon\""
        ),
        (
            "kinds = { \"planed\" }",
            words(
                "kinds[1] must be one of \"test\", \"planned\", \"unplanned\", \"failback\", but is the string",
                " \"planed\"; did you mean \"planned\"?")
        ),
        (
            "kinds = \"planned\"",
            words(
                "kinds must be a list, each one of \"test\", \"planned\", \"unplanned\", \"failback\", but is ",
                "the string \"planned\"")
        ),
        (
            "directions = { \"backward\" }",
            "directions[1] must be one of \"forward\", \"back\", but is the string \"backward\""
        ),
        (
            "side = \"primry\"",
            words(
                "side must be one of \"primary\", \"recovery\", but is the string \"primry\"; did you mean ",
                "\"primary\"?")
        ),
    ]

    @Test(arguments: policies)
    func `a wrong policy of a step is refused`(field: String, text: String) {
        let fault = Cards().fault(card("before = {\n step { \"s\", run = go, \(field) } },"))
        #expect(fault == "web-shop.lua:3: plan.before[1].\(text) [plan.card_invalid]")
    }

    private static let noSteps: [(String, String?)] = [
        (
            "before = { step { \"s\" } },",
            "web-shop.lua:3: the step \"s\" does nothing: give it run = function(context) … end"
        ),
        (
            "before = { step { run = go } },",
            words(
                "web-shop.lua:3: plan.before[1] needs the field 'name': What is true when the step has ",
                "succeeded.")
        ),
        (
            "before = { step { \"s\", run = \"go\" } },",
            "web-shop.lua:3: plan.before[1].run must be a function, but is the string \"go\""
        ),
        ("before = { { \"s\", run = go } },", nil),
        (
            "before = { \"s\" },",
            "web-shop.lua:2: plan.before[1] must be step { … }, or manual { … }, but is the string \"s\""
        ),
        (
            "before = { group { \"g\", vms = {} } },",
            "web-shop.lua:2: plan.before[1] must be step { … }, or manual { … }, but is group { … }"
        ),
        (
            "before = { manual { \"m\", by = 7 } },",
            "web-shop.lua:3: plan.before[1].by must be a string, but is the number 7"
        ),
        (
            "before = { manual { \"m\", instuctions = \"x\" } },",
            "web-shop.lua:3: plan.before[1] has no field 'instuctions'; did you mean 'instructions'?"
        ),
        (
            "before = { step { \"s\", task = step { \"t\", run = go } } },",
            "web-shop.lua:3: plan.before[1].task must be manual { … }, but is step { … }"
        ),
    ]

    @Test(arguments: noSteps)
    func `a part that is no step, or half a step, is refused`(field: String, text: String?) {
        let fault = Cards().fault(card(field.replacing("= { ", with: "= {\n ", maxReplacements: 1)))
        if let text {
            #expect(fault == "\(text) [plan.card_invalid]")
        } else {
            #expect(fault.contains("[lua.result_invalid]"))
        }
    }

    // MARK: Constructors

    private static let constructors: [(String, String)] = [
        (
            "plan.group \"databases\"",
            "group takes a table: group { … }, but is given string"
        ),
        ("plan.step(function() end)", "step takes a table: step { … }, but is given function"),
        ("plan.manual()", "manual takes a table: manual { … }, but is given nil"),
        ("plan.step { \"s\", function() end }", "step has a value without a field name (number 2)"),
        ("plan.group { \"db\", \"sql01\" }", "group has a value without a field name (number 2)"),
        (
            "plan.group { \"db\", name = \"db\" }",
            "group has its name twice: as first value and by name"
        ),
        ("plan { \"Web shop\" }", "plan has a value without a field name (number 1)"),
        ("plan \"Web shop\"", "plan takes a table: plan { … }, but is given string"),
        (
            "plan { shutdown = { \"db\", order = { \"db\" } } }",
            "plan.shutdown has its order twice: as a list and by name"
        ),
        (
            "runbook { parameters = { vm = { \"vm\", \"which\", \"web01\" } } }",
            "runbook.parameters.vm has a value without a field name (number 3)"
        ),
    ]

    @Test(arguments: constructors)
    func `a constructor says at once how it is written`(call: String, text: String) {
        let fault = Cards().fault("local x\n\nreturn \(call)")
        #expect(fault == "web-shop.lua:3: \(text) [plan.card_invalid]")
    }

    @Test func `a part of a plan that does not exist is named with the nearest`() {
        #expect(
            Cards().fault("return plan.gruop { \"db\" }")
                == "web-shop.lua:1: 'plan.gruop' does not exist; did you mean 'group'? [lua.name_unknown]"
        )
    }

    // MARK: Rules between the parts

    private static let groups: [(String, String)] = [
        (
            #"group { "db", vms = { "a" } }, group { "db", vms = { "b" } }"#,
            "group \"db\" stands twice"
        ),
        (
            #"group { "db", vms = { "a" } }, group { "web", vms = { "b", "a" } }"#,
            "group \"web\" names the vm \"a\", which is in \"db\" already"
        ),
        (
            #"group { "db", vms = { "a", "a" } }"#,
            "group \"db\" names the vm \"a\", which is in \"db\" already"
        ),
        (
            #"group { "d/b", vms = { "a" } }"#,
            "group \"d/b\" needs a name of at least one character, without '/'"
        ),
        (
            #"group { "", vms = { "a" } }"#,
            "group \"\" needs a name of at least one character, without '/'"
        ),
        (
            #"group { "before", vms = { "a" } }"#,
            "group \"before\" cannot be named so: the steps of the shutdown bear that name"
        ),
        (
            #"group { "db", vms = { "oslo/a" } }"#,
            "group \"db\" names the vm \"oslo/a\" with its site, which a plan changes; write \"a\""
        ),
        (
            #"group { "db" }"#,
            "plan.groups[1] needs the field 'vms': The vms; they are failed over at the same time."
        ),
        (
            #"group { "db", vms = "a" }"#,
            words(
                "plan.groups[1].vms must be a list, each machine { … }, or a vm: its name, \"site/name\", or ",
                "what fabric.vm gives, but is the string \"a\"")
        ),
        (
            #"group { "db", vms = { 7 } }"#,
            words(
                "plan.groups[1].vms[1] must be machine { … }, or a vm: its name, \"site/name\", or what ",
                "fabric.vm gives, but is the number 7")
        ),
        (
            #"group { "db", vms = { machine { "a", befor = {} } } }"#,
            "plan.groups[1].vms[1] has no field 'befor'; did you mean 'before'?"
        ),
    ]

    @Test(arguments: groups)
    func `a wrong group is refused at its line`(groups: String, text: String) {
        let fault = Cards().fault(card("\n", groups: "\n\(groups)"))
        #expect(fault == "web-shop.lua:4: \(text) [plan.card_invalid]")
    }

    private static let disagreements: [(String, String)] = [
        ("groups = {},", "plan has no group"),
        ("target = \"oslo\",", "plan has \"oslo\" as source and as target"),
        (
            "shutdown = { \"web\", \"bd\" },",
            "plan.shutdown names the unknown group \"bd\"; did you mean 'db'?"
        ),
        ("shutdown = { \"web\" },", "plan.shutdown leaves out the group \"db\""),
        ("shutdown = { \"web\", \"db\", \"web\" },", "plan.shutdown names a group twice"),
        (
            "dependencies = { web01 = { \"sql02\" } },",
            "plan.dependencies names \"sql02\", which is in no group; did you mean 'sql01'?"
        ),
        (
            "dependencies = { wbe01 = { \"sql01\" } },",
            "plan.dependencies names \"wbe01\", which is in no group; did you mean 'web01'?"
        ),
        (
            "dependencies = { sql01 = { \"web01\" } },",
            "plan.dependencies want \"web01\" before \"sql01\", but the group \"web\" comes after \"db\""
        ),
        (
            "dependencies = { web01 = { \"web02\" }, web02 = { \"web03\" }, web03 = { \"web01\" } },",
            "plan.dependencies go in a circle: \"web01\" needs \"web02\" needs \"web03\" needs \"web01\""
        ),
        (
            "dependencies = { web01 = { \"web01\" } },",
            "plan.dependencies go in a circle: \"web01\" needs \"web01\""
        ),
    ]

    @Test(arguments: disagreements)
    func `parts that do not agree are refused`(fields: String, text: String) {
        let groups = #"""
            group { "db", vms = { "sql01" } }, group { "web", vms = { "web01", "web02", "web03" } }
            """#
        #expect(
            Cards().fault(card(fields, groups: groups))
                == "web-shop.lua:2: \(text) [plan.card_invalid]")
    }

    // MARK: Lua

    @Test func `a text that is not Lua is refused with its line`() {
        let fault = Cards().fault("return plan {\n summary = \"s\"\n source = \"oslo\" }")
        #expect(fault.hasPrefix("web-shop.lua:3: '}' expected"), "\(fault)")
        #expect(fault.hasSuffix("[lua.syntax]"), "\(fault)")
    }

    @Test func `an error while the card is read has its line`() {
        let fault = Cards().fault("local t\nreturn plan { summary = t.x }")
        #expect(
            fault == "web-shop.lua:2: attempt to index a nil value (local 't') [lua.error]")
    }

    @Test func `a global that is not there is named with the nearest`() {
        #expect(
            Cards().fault("return pln {}")
                == "web-shop.lua:1: 'pln' is not declared; did you mean 'plan'? [lua.name_unknown]")
    }

    @Test func `an error of the author's own keeps its words and its line`() {
        #expect(
            Cards().fault("\nerror { code = \"shop.closed\", message = \"closed on Sundays\" }")
                == "web-shop.lua:2: closed on Sundays [shop.closed]")
    }

    private static let cardless: [(String, String)] = [
        ("", "the file must return plan { … }"), ("return {}", "the file must return plan { … }"),
        ("return 7", "the file must return plan { … }"),
        (
            "return runbook { summary = \"s\", run = function() end }",
            "the file must return plan { … }"
        ),
    ]

    @Test(arguments: cardless)
    func `a file without a card is refused`(text: String, hint: String) {
        #expect(
            Cards().fault(text)
                == "web-shop.lua:1: plan card is missing: \(hint) [plan.card_invalid]")
    }

    // MARK: Calls while the card is read

    @Test func `an unknown option of a primitive is refused at the author's line`() {
        let text = card("", groups: "\n\ngroup { \"vmm\", vms = fabric.select { tga = \"vmm\" } }")
        #expect(
            Cards().fault(text)
                == words(
                    "web-shop.lua:4: fabric.select: filter has no field 'tga'; did you mean 'tag'?",
                    " [run.argument_invalid]"))
    }

    @Test func `a vm that is not there is refused at the author's line`() {
        let cards = Cards { _, _ in
            throw Failure(.unknownName, "there is no vm 'sql99'; did you mean 'sql09'?")
        }
        let fault = cards.fault("\nlocal vm = fabric.vm \"sql99\"\nreturn plan {}")
        #expect(
            fault == "web-shop.lua:2: there is no vm 'sql99'; did you mean 'sql09'? [name.unknown]")
    }
}

/// A plan with these fields on line 2 and the groups after them; a field given twice counts as last said.
private func card(
    _ fields: String, groups: String = #"group { "web", vms = { "web01" } }"#, head: String = ""
) -> String {
    let given = ["summary = \"Web shop\"", "source = \"oslo\"", "target = \"bergen\""]
        .filter { !fields.contains($0.prefix(while: { $0 != " " }) + " =") }
    let needed = fields.contains("groups =") ? "" : "groups = { \(groups) }"
    return """
        \(head) local group, step, manual, machine = plan.group, plan.step, plan.manual, plan.machine
        return plan { \(given.joined(separator: ", ")), \(fields) \(needed) }
        """.replacing("= go", with: "= function() end")
}
