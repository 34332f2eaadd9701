// Reading plans: what a sound card says, and what Lua itself says of a text that is none.
import Model
import Orchestration
import Testing

@Suite struct RecoveryPlanTests {
    // MARK: A sound card

    @Test func `a card is read whole`() throws {
        let plan = try Cards().plan(
            planText(
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
        #expect(plan.objective.rpo == .seconds(300))
        #expect(plan.objective.rto == .seconds(3600))
        #expect(plan.vms == ["sql01", "web01", "web02"])
        #expect(plan.shutdown.order == ["web", "db"])
        #expect(plan.dependencies == ["web02": ["web01", "sql01"]])
        #expect([plan.reverses, plan.starts] == [false, false])
    }

    @Test func `what is left out has its default`() throws {
        let plan = try Cards().plan(
            planText("", groups: #"group { "db", vms = { "a" } }, group { "web", vms = { "b" } }"#))
        #expect(plan.shutdown.order == ["web", "db"])
        #expect([plan.reverses, plan.starts] == [true, true])
        #expect(plan.objective.rpo == nil)
    }

    @Test func `steps of the shutdown need no order of their own`() throws {
        let plan = try Cards().plan(
            planText(
                #"shutdown = { before = { step { "s", run = go } } },"#,
                groups: #"group { "db", vms = { "a" } }, group { "web", vms = { "b" } }"#))
        #expect(plan.shutdown.order == ["web", "db"])
        #expect(plan.shutdown.before.map(\.name) == ["s"])
    }

    @Test func `the order of the shutdown may stand under its name`() throws {
        let plan = try Cards().plan(
            planText(
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
            planText("", groups: #"group { "vmm", vms = fabric.select { tag = "vmm" } }"#))
        #expect(plan.vms == ["vmm01", "vmm02"])
    }

    @Test func `a name may be given by its word instead of first`() throws {
        let plan = try Cards().plan(planText("", groups: #"group { name = "db", vms = { "a" } }"#))
        #expect(plan.groups.map(\.name) == ["db"])
    }

    @Test func `parts may come from a module of the author's`() throws {
        let cards = Cards(modules: [
            "parts": #"return { db = plan.group { "db", vms = { "sql01" } } }"#
        ])
        let plan = try cards.plan(
            planText("", groups: "parts.db", head: #"local parts = require "parts""#))
        #expect(plan.groups[0].position == SourcePosition(file: "parts.lua", line: 1))
    }

    @Test func `a manual task keeps what its question needs`() throws {
        let plan = try Cards().plan(
            planText(
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
        let text = planText(
            "", groups: "\n\ngroup { \"vmm\", vms = fabric.select { tga = \"vmm\" } }")
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
