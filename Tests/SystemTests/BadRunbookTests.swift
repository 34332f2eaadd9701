// What an author gets wrong is told with file and line when the file is loaded, and before anything
// is touched.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct BadRunbookTests {
    @Test func `a plan that does not load says where and what would be right`() async throws {
        try await Lab.scratch { lab in
            try await lab.done("init")
            try lab.runbook("syntax.lua", "return plan {\n  summary = = 1,\n}\n")
            try lab.runbook(
                "field.lua",
                """
                return plan {
                  summary = "x", source = "oslo", target = "bergen",
                  groups = {
                    plan.group { "all", vm = { "a" } },
                  },
                }
                """)
            try lab.runbook("global.lua", "local x = 1\nreturn plan(sumary)\n")
            try lab.runbook("raises.lua", "local x\nreturn x.y\n")
            try lab.runbook("nothing.lua", "local x = 1\n")
            try lab.runbook("primitive.lua", "fabric.strat 'sql01'\nreturn runbook {}\n")
            for (name, words) in [
                ("syntax", ["syntax.lua:2:", "'='"]),
                ("field", ["field.lua:", "'vm'", "did you mean 'vms'?"]),
                ("global", ["global.lua:2:", "sumary"]),
                ("raises", ["raises.lua:2:"]),
                ("nothing", ["nothing.lua:1:", "card is missing"]),
                ("primitive", ["primitive.lua:1:", "strat"]),
            ] {
                try await lab.expect(1, "plan", "check", name, says: words)
                let run = try await lab.muster("run", name, "--kind", "planned")
                #expect(run.status == .code(1), "\(run)")
                for word in words { #expect(run.errors.contains(word), "\(run)") }
            }
            #expect(try await lab.json("runs") == .list([]))
            let faults = try await lab.json("plan", "check")
            #expect(faults.list.count == 6)
            #expect(faults[0]["failure"]["code"].text != nil)
        }
    }

    @Test func `a runbook that raises tells the line, the cause and the way there`() async throws {
        try await Lab.scratch { lab in
            try await lab.done("init")
            try lab.runbook(
                "raises.lua",
                """
                local function deep()
                  local nothing
                  return nothing.field
                end

                return runbook { summary = "Raises", run = function() deep() end }
                """)
            let outcome = try await lab.expect(
                1, "run", "raises", says: ["raises.lua:3:", "nil value", "raises.lua:6:"])
            let told = outcome.errors.components(separatedBy: "attempt to index").count - 1
            #expect(told == 1, "the cause is told once: \(outcome)")
            try await lab.expect(0, "report", "1", says: ["raises.lua:3:"])
        }
    }

    @Test func `a parameter that is missing, unknown or of another type is named`() async throws {
        try await Lab.scratch { lab in
            try await lab.done("init")
            try lab.runbook(
                "typed.lua",
                """
                return runbook {
                  summary = "Takes parameters",
                  parameters = {
                    count = { "integer", "how many" }, fast = { "boolean", "at once", default = true },
                    pause = { "duration", "between two", default = "5s" },
                  },
                  run = function(given) return given.count end,
                }
                """)
            let run = ["run", "typed"]
            for (parameters, words) in [
                ([], ["'count' is missing", "how many"]),
                (["count=1", "fats=true"], ["'fats'", "did you mean 'fast'?"]),
                (["count=many"], ["'count'", "many"]),
                (["count=1", "fast=maybe"], ["'fast'", "true or false"]),
                (["count=1", "pause=soon"], ["'pause'", "soon"]),
                (["count"], ["NAME=VALUE"]),
            ] {
                let given = parameters.flatMap { ["--param", $0] }
                let outcome = try await lab.program.run(["--lab", lab.path] + run + given)
                #expect(outcome.status == .code(2), "\(outcome)")
                for word in words { #expect(outcome.errors.contains(word), "\(word): \(outcome)") }
            }
            try await lab.expect(
                2, "run", "typed", "--kind", "planned", says: ["is a runbook: it takes no --kind"])
            #expect(try await lab.json("runs") == .list([]))
            try await lab.done("run", "typed", "--param", "count=3")
            #expect(try await lab.json("report", "1")["returned"] == 3)
        }
    }

    @Test func `a plan says which kinds there are, and takes no parameters`() async throws {
        try await Lab.standing { lab in
            try await lab.expect(
                2, "run", "management-stamp", says: ["say --kind", "test, planned, unplanned"])
            try await lab.expect(
                2, "run", "management-stamp", "--kind", "planned", "--param", "a=b",
                says: ["takes no parameters"])
            try await lab.expect(
                2, "plan", "show", "fail-over-machine", says: ["is a runbook, not a plan"])
        }
    }
}
