// Going on from a run that was aborted: from the failed step, without it, or without the primary.
import Fabric
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct FollowingTests {
    /// Its second step fails while wap02 runs.
    private static let stubborn = onePlan(
        #"""
        before = {
          step { "first", run = function() job.note "first" end },
          step { "second", run = function()
            if fabric.vm("wap02").power == "running" then error "not while wap02 runs" end
            job.note "second"
          end },
          step { "third", run = function() job.note "third" end },
        },
        """#)

    private func fault(_ work: () async throws -> Void) async throws -> Failure? {
        do {
            try await work()
            return nil
        } catch let failure as Failure {
            return failure
        }
    }

    @Test func `P-8: a run goes on from its failed step, and does nothing twice`() async throws {
        let world = try await World()
        let failed = try await world.plan(Self.stubborn)
        #expect(failed.run.failedTask == "before/2")
        try await world.fabric.stop(MachineID(site: "oslo", name: "wap02"))
        let next = try await world.goOn(from: failed.run.id, reason: "wap02 is off")
        #expect(next.run.state == .completed, "\(next.text)")
        #expect(next.notes.map(\.text) == ["second", "third"])
        #expect(next.task("before/1") == failed.task("before/1"))
        #expect(next.task("before/2")?.state == .done)
        #expect(next.stand.map { $0["site"] } == ["bergen"])
        #expect(next.decisions.map(\.what) == ["resume run \(failed.run.id): retry before/2"])
        #expect(next.decisions.map(\.reason) == ["wap02 is off"])
    }

    @Test(arguments: [PlanSequel.Verdict.skip, .ignore])
    func `P-8: a failed step is skipped or ignored with a reason, and who decided is told`(
        verdict: PlanSequel.Verdict
    ) async throws {
        let world = try await World()
        let failed = try await world.plan(Self.stubborn)
        let silent = try await fault {
            _ = try await world.goOn(from: failed.run.id, verdict)
        }
        #expect(silent?.code == .reasonMissing)
        let next = try await world.goOn(from: failed.run.id, verdict, reason: "no need")
        #expect(next.run.state == .completed, "\(next.text)")
        #expect(next.notes.map(\.text) == ["third"])
        let task = next.task("before/2")
        #expect(task?.state == (verdict == .skip ? .skipped : .forgiven))
        #expect(task?.remark?.contains("by eva: no need") == true)
        #expect(next.text.contains("by eva: no need"))
    }

    @Test func `P-8: a planned failover becomes unplanned when the primary is lost half way`()
        async throws
    {
        let world = try await World()
        let text = onePlan(
            #"shutdown = { after = { step { "no", run = function() error "lost" end } } },"#,
            vms: #"{ "sql01", "wap01" }"#)
        let failed = try await world.plan(text)
        try await world.fabric.lose("oslo")
        let next = try await world.goOn(from: failed.run.id, as: .unplanned, reason: "oslo is gone")
        #expect(next.run.state == .completed, "\(next.text)")
        #expect(next.run.failover == .unplanned)
        #expect(next.stand.map { $0["site"] } == ["bergen", "bergen"])
        #expect(next.stand.map { $0["power"] } == ["running", "running"])
        #expect(
            next.decisions.map(\.what) == [
                "resume run \(failed.run.id): retry shutdown/after/1, unplanned from here"
            ])
    }

    @Test(arguments: [FabricCall.start, .stop])
    func `P-8: what a vm's act had done before it failed is not done again`(
        call: FabricCall
    ) async throws {
        let world = try await World()
        let faulty = try world.engine(faults: FaultPlan([FaultPlan.Fault(.before, call)]))
        let failed = try await world.plan(onePlan(""), on: faulty)
        #expect(failed.run.state == .aborted)
        let next = try await world.goOn(from: failed.run.id)
        #expect(next.run.state == .completed, "\(next.text)")
        #expect(next.stand.map { $0["power"] } == ["running"])
        #expect(next.stand.map { $0["state"] } == ["replicating"])
        let calls = next.calls(in: "groups/only/vms/sql01")
        #expect(calls.contains("replication.failover") == (call == .stop))
    }

    @Test(arguments: [PlanSequel.Verdict.skip, .ignore])
    func `P-8: the shutdown of a vm is not left out, and what else can be done is told`(
        verdict: PlanSequel.Verdict
    ) async throws {
        let world = try await World()
        let faulty = try world.engine(faults: FaultPlan([FaultPlan.Fault(.before, .stop)]))
        let failed = try await world.plan(onePlan(""), on: faulty)
        #expect(failed.run.failedTask == "shutdown/only/sql01")
        let refused = try await fault {
            _ = try await world.goOn(from: failed.run.id, verdict, reason: "it hangs")
        }
        #expect(refused?.code == .runTransitionRefused)
        #expect(
            refused?.message.contains(
                "retry it, go on without the primary (--kind unplanned), or muster undo "
                    + "\(failed.run.id)") == true)
        let next = try await world.goOn(
            from: failed.run.id, verdict, as: .unplanned, reason: "it hangs")
        #expect(next.run.state == .completed, "\(next.text)")
        #expect(next.stand.map { $0["site"] } == ["bergen"])
    }

    @Test func `P-8: on the way home turning a vm round is not left out`() async throws {
        let world = try await World()
        _ = try await world.plan(onePlan(""), .unplanned, reason: "a drill")
        let fault = FaultPlan([FaultPlan.Fault(.before, .update, of: .oslo)])
        let failed = try await world.plan(onePlan(""), .failback, on: world.engine(faults: fault))
        #expect(failed.run.failedTask == "turn-round/sql01")
        let refused = try await self.fault {
            _ = try await world.goOn(from: failed.run.id, .skip, reason: "no need")
        }
        #expect(refused?.message.contains("retry it, or muster undo") == true)
        #expect(try await world.goOn(from: failed.run.id).run.state == .completed)
    }

    @Test func `P-8: only the last of those that follow each other is gone on from`() async throws {
        let world = try await World()
        let failed = try await world.plan(Self.stubborn)
        let again = try await world.goOn(from: failed.run.id)
        #expect(again.run.failedTask == "before/2")
        let twice = try await fault { _ = try await world.goOn(from: failed.run.id) }
        #expect(twice?.code == .runTransitionRefused)
        #expect(twice?.message.contains("run \(again.run.id) follows it already") == true)
        let last = try await world.goOn(from: again.run.id, .skip, reason: "no need")
        #expect(last.run.state == .completed, "\(last.text)")
        let done = try await fault { _ = try await world.goOn(from: last.run.id) }
        #expect(done?.message.contains("it is completed") == true)
    }

    @Test func `P-8: tests, runbooks, other kinds and runs without a failed step are refused`()
        async throws
    {
        let world = try await World()
        let test = try await world.plan(Self.stubborn, .test)
        let engine = try world.engine()
        func refusal(
            _ run: RunID, _ verdict: PlanSequel.Verdict = .retry, as kind: FailoverKind? = nil
        ) async throws -> Failure? {
            try await fault {
                _ = try await engine.goOn(
                    from: run, verdict, as: kind, by: World.eva, reason: "why not")
            }
        }
        #expect(try await refusal(test.run.id)?.message.contains("a test has cleaned up") == true)
        world.write("book", runbook("error 'no'"))
        let book = try await world.run(world.request("book"))
        #expect(try await refusal(book.id)?.message.contains("it is a runbook's") == true)
        let planned = try await world.plan(Self.stubborn)
        #expect(try await refusal(planned.run.id, as: .failback)?.code == .usage)
        let preflight = try await world.plan(onePlan(#"reverse = true,"#, vms: #"{ "nobody" }"#))
        #expect(preflight.run.state == .aborted)
        #expect(try await refusal(preflight.run.id, .skip)?.code == .usage)
    }
}
