// Parts of a plan that are no parts, and parts that do not agree with each other.
import Model
import Orchestration
import Testing

@Suite struct RecoveryPlanRulesTests {
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
            "group \"web\" names the vm \"a\", which is in \"db\" already, web-shop.lua:4"
        ),
        (
            #"group { "db", vms = { "a", "a" } }"#,
            "group \"db\" names the vm \"a\", which is in \"db\" already, web-shop.lua:4"
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
            "group \"db\" has neither vms nor plans"
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
        (
            #"group { "db", vms = { machine { "a", overrides = { procesors = 4 } } } }"#,
            words(
                "plan.groups[1].vms[1].overrides has no field 'procesors'; did you mean ",
                "'processors'?")
        ),
        (
            #"group { "db", vms = { machine { "a", overrides = { address = "10.2.0" } } } }"#,
            words(
                "machine \"a\" cannot have the address \"10.2.0\": write IPv4 or IPv6, such as ",
                "\"10.2.0.11\"")
        ),
        (
            #"group { "db", vms = { machine { "a", overrides = { memory = "0B" } } } }"#,
            "machine \"a\" needs more than no memory"
        ),
    ]

    @Test(arguments: groups)
    func `a wrong group is refused at its line`(groups: String, text: String) {
        let fault = Cards().fault(planText("\n", groups: "\n\(groups)"))
        #expect(fault == "web-shop.lua:4: \(text) [plan.card_invalid]")
    }

    @Test func `P-1: a vm in two groups is told with both lines`() {
        let groups = #"""

            group {
              "db", vms = { machine { "a" } } },
            group { "web", vms = { "a" } }
            """#
        let fault = Cards().fault(planText("", groups: groups))
        #expect(
            fault
                == words(
                    "web-shop.lua:5: group \"web\" names the vm \"a\", which is in \"db\" already, ",
                    "web-shop.lua:4 [plan.card_invalid]"))
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
            Cards().fault(planText(fields, groups: groups))
                == "web-shop.lua:2: \(text) [plan.card_invalid]")
    }
}
