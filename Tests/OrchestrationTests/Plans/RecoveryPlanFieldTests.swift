// A card with a wrong field is refused: file, line, what is wrong, and what would be right.
import Model
import Orchestration
import Testing

@Suite struct RecoveryPlanFieldTests {
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
                "plan has no field 'colour'; there is after, assets, before, contacts, dependencies, ",
                "groups, objective, preflight, profile, reverse, shutdown, source, start, summary, ",
                "target")
        ),
    ]

    @Test(arguments: misspelt)
    func `a misspelt field is refused with the nearest right one`(field: String, text: String) {
        #expect(Cards().fault(planText(field)) == "web-shop.lua:2: \(text) [plan.card_invalid]")
    }

    @Test func `the line is that of the part with the fault`() {
        let text = planText(
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
        #expect(Cards().fault(planText(field)) == "web-shop.lua:2: \(text) [plan.card_invalid]")
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
        let fault = Cards().fault(planText("before = {\n step { \"s\", run = go, \(field) } },"))
        #expect(fault == "web-shop.lua:3: plan.before[1].\(text) [plan.card_invalid]")
    }

    private static let noSteps: [(String, String)] = [
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
        (
            "before = { { \"s\", run = go } },",
            words(
                "web-shop.lua:2: plan.before[1] is a bare table: write step { … }, manual { … }, ",
                "group { … } or machine { … }")
        ),
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
            "before = { manual { \"m\", by = \"eva\" } },",
            words(
                "web-shop.lua:3: manual \"m\".by is no answerer: 'eva' is nobody who may answer: ",
                "write \"user:NAME\" or \"role:NAME\"")
        ),
        (
            "before = { step { \"s\", task = manual { \"m\", by = \"user:eva\", quorum = 2 } } },",
            words(
                "web-shop.lua:3: manual \"m\" can never be answered: 1 of the 2 who must agree ",
                "may answer")
        ),
        (
            "before = { step { \"s\", task = step { \"t\", run = go } } },",
            "web-shop.lua:3: plan.before[1].task must be manual { … }, but is step { … }"
        ),
    ]

    @Test(arguments: noSteps)
    func `a part that is no step, or half a step, is refused`(field: String, text: String) {
        let fault = Cards().fault(
            planText(field.replacing("= { ", with: "= {\n ", maxReplacements: 1)))
        #expect(fault == "\(text) [plan.card_invalid]")
    }
}
