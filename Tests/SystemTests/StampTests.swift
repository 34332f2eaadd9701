// The management stamp from outside: over, home again, rehearsed, and when Oslo is gone. The
// operator's promises are in the exit codes and in what stands afterwards.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct StampTests {
    @Test func `the stamp goes over as planned and comes home as it was`() async throws {
        try await Lab.standing { lab in
            let before = try await lab.json("vm", "list")
            var run = try lab.start("run", "management-stamp", "--kind", "planned")
            try await lab.answer(&run, "yes")
            #expect(try await run.end() == .code(0))
            let decision = try await lab.json("report", "2")["decisions"][0]
            #expect(decision["what"] == "planned management-stamp")
            try await lab.expectProduction(at: "bergen", running: true)
            let skipping = try await lab.expect(
                5, "run", "management-stamp", "--kind", "planned", "--no-wait",
                says: ["sql01 is at bergen already"])
            #expect(!skipping.output.contains("✘"))
            try await lab.done("answer", "\(try await lab.openTask())", "yes")
            try await lab.done("resume")
            try await lab.done("run", "management-stamp", "--kind", "failback")
            for run in ["2", "4"] {
                let looked = try await lab.branches(of: run)
                #expect(looked.isSuperset(of: ["after/1", "after/2", "after/3"]), "run \(run)")
            }
            let after = try await lab.json("vm", "list")
            #expect(after.without(["epoch"]) == before.without(["epoch"]))
            for vm in after.list where vm["role"] == "production" { #expect(vm["epoch"] == 2) }
        }
    }

    @Test func `a rehearsal makes doubles and always takes them away`() async throws {
        try await Lab.standing { lab in
            let before = try await lab.json("vm", "list")
            try await lab.done("run", "management-stamp", "--kind", "test")
            #expect(try await lab.json("vm", "list") == before)
            let report = try await lab.json("report", "2")
            let doubles = report["acts"].list.filter {
                $0["primitive"] == "replication.test_failover" && $0["outcome"] == "result"
            }
            #expect(doubles.count == StandingLab.machines.count)
            let looked = try await lab.branches(of: "2").filter { $0.hasPrefix("after/") }
            #expect(looked == ["after/4"], "at the doubles, and at nothing else")
            try lab.runbook(
                "broken-rehearsal.lua",
                """
                return plan {
                  summary = "Fails after the doubles were made", source = "oslo", target = "bergen",
                  groups = { plan.group { "all", vms = { "sql01", "wap01" }, after = {
                    plan.step { "breaks", run = function() error "on purpose" end },
                  } } },
                }
                """)
            try await lab.expect(
                3, "run", "broken-rehearsal", "--kind", "test",
                says: ["broken-rehearsal.lua:4", "on purpose", "clean up sql01"])
            #expect(try await lab.json("vm", "list") == before)
        }
    }

    @Test func `an unplanned failover shows the loss, wants a reason, and works when Oslo is lost`()
        async throws
    {
        try await Lab.standing { lab in
            let before = try await lab.json("vm", "list")
            let unplanned = ["run", "management-stamp", "--kind", "unplanned"]
            let shown = try await lab.program.run(["--lab", lab.path] + unplanned)
            #expect(shown.status == .code(4), "\(shown)")
            for name in StandingLab.machines { #expect(shown.errors.contains(name), "\(shown)") }
            for word in ["WOULD LOSE", "--accept-loss", "usage.not_confirmed"] {
                #expect(shown.errors.contains(word), "\(shown)")
            }
            #expect(try await lab.json("runs").list.count == 1, "nothing but the protecting run")
            let refused = try await lab.program.run(
                ["--lab", lab.path] + unplanned + ["--accept-loss"])
            #expect(refused.status == .code(3), "\(refused)")
            #expect(refused.errors.contains("needs a reason (--reason)"), "\(refused)")
            #expect(try await lab.json("vm", "list") == before)

            try await lab.done("site", "lose", "oslo")
            var run = try lab.start(
                "run", "management-stamp", "--kind", "unplanned", "--accept-loss")
            try await lab.answer(&run, "yes")
            #expect(try await run.end() == .code(0))
            try await lab.expectProduction(at: "bergen", running: true)
            let report = try await lab.json("report", "3")
            #expect(report["decisions"][0]["what"] == "unplanned management-stamp")
            guard case .object(let losses) = report["loss_seconds"] else {
                throw Complaint("no losses in \(report)")
            }
            #expect(losses.keys.sorted() == StandingLab.machines)
        }
    }

    @Test func `after the loss of Oslo a machine failed over is skipped by a later plan`()
        async throws
    {
        try await Lab.standing { lab in
            try await lab.done("site", "lose", "oslo")
            try await lab.expect(
                5, "run", "management-stamp", "--kind", "unplanned", "--accept-loss", "--no-wait")
            try await lab.expect(0, "abort", "2")
            try await lab.expect(
                5, "run", "management-stamp", "--kind", "unplanned", "--accept-loss", "--no-wait",
                says: ["is at bergen already", "sql01 is at bergen already"])
        }
    }

    @Test func `cutting the sites apart starts nothing`() async throws {
        try await Lab.standing { lab in
            let before = try await lab.json("vm", "list")
            let runs = try await lab.json("runs")
            try await lab.done("site", "cut", "oslo")
            try await lab.expectProduction(at: "bergen", running: false, count: 0)
            try await lab.done("site", "heal", "oslo")
            #expect(try await lab.json("vm", "list") == before)
            #expect(try await lab.json("runs") == runs)
        }
    }

    @Test func `one host without the switch aborts the run before anything is touched`()
        async throws
    {
        try await Lab.standing { lab in
            try await lab.done("site", "switch", "bergen", "tenant", "--remove")
            let before = try await lab.program.run(["--lab", lab.path, "vm", "list", "--json"])
            try await lab.expect(
                3, "run", "management-stamp", "--kind", "planned",
                says: ["bergen-host1", "'tenant'", "nothing was touched"])
            let after = try await lab.program.run(["--lab", lab.path, "vm", "list", "--json"])
            #expect(before.output == after.output)
            let acts = try await lab.json("report", "2")["acts"].list.compactMap {
                $0["primitive"].text
            }
            let reads: Set = [
                "plan.freeze", "plan.preflight", "fabric.select", "replication.replica",
                "fabric.host", "fabric.hosts",
            ]
            #expect(Set(acts).isSubset(of: reads), "\(acts)")
        }
    }
}

extension Lab {
    /// The steps of a run that have called something.
    fileprivate func branches(of run: String) async throws -> Set<String> {
        Set(try await json("report", run)["acts"].list.compactMap { $0["branch"].text })
    }

    /// Answers the one open question as soon as the run puts it.
    func answer(_ run: inout RunningProgram, _ answer: String) async throws {
        _ = try await run.line(containing: "? ")
        try await done("answer", "\(try await openTask())", answer)
    }

    /// The number of the one open question.
    func openTask() async throws -> Int {
        guard let task = try await json("tasks")[0]["id"].integer else {
            throw Complaint("nobody is waited for")
        }
        return task
    }

    /// Every machine's production side is there, and nothing else runs.
    func expectProduction(
        at site: String, running: Bool, count: Int = StandingLab.machines.count,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let machines = try await json("vm", "list").list
        let production = machines.filter { $0["role"] == "production" && $0["site"] == .text(site) }
        #expect(production.count == count, "\(machines)", sourceLocation: sourceLocation)
        let power = Set(machines.filter { $0["power"] == "running" }.compactMap { $0["site"].text })
        #expect(power == (running ? [site] : []), "\(machines)", sourceLocation: sourceLocation)
    }
}
