// What a run of a plan promises: order, abort, policies, preflight without effect, losses said
// before.
import Fabric
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct PlanRunTests {
    private func plan(_ fields: String, vms: String = #""sql01""#) -> String {
        """
        local group, step, manual = plan.group, plan.step, plan.manual
        return plan {
          summary = "A test", source = "oslo", target = "bergen",
          groups = { group { "only", vms = { \(vms) } } },
          \(fields)
        }
        """
    }

    private func run(
        _ text: String, kind: FailoverKind = .planned, in world: World? = nil,
        reason: String? = nil, answers: @Sendable (Question) -> Value? = World.agree
    ) async throws -> (RunReport, World) {
        let world = if let world { world } else { try await World() }
        world.write("trial", text)
        let record = try await world.run(
            world.request("trial", kind: kind, reason: reason), answers: answers)
        let store = try Store(folder: world.folder)
        return (try RunReport(record.id, store: store, now: world.clock.now), world)
    }

    private func states(_ report: RunReport) -> [String: PlanProgress.Task.State] {
        Dictionary(
            uniqueKeysWithValues: report.stages.flatMap(\.tasks).map { ($0.id, $0.state) })
    }

    @Test func `P-3: a failed step stops the run, and nothing after it happens`() async throws {
        let (report, world) = try await run(
            plan(#"before = { step { "it breaks", run = function() error "broken" end } }"#))
        #expect(report.run.state == .aborted)
        #expect(report.run.failure?.code == .stepFailed)
        #expect(report.run.failure?.position?.file == "trial.lua")
        #expect(states(report)["before/1"] == .failed)
        #expect(states(report)["shutdown/only/sql01"] == .notBegun)
        #expect(world.effects.writes.isEmpty)
    }

    @Test func `P-4: preflight tells every fault, and the effect log is empty of writes`()
        async throws
    {
        let world = try await World()
        try await world.fabric.removeSwitch("tenant", host: nil, at: "bergen")
        let (report, _) = try await run(plan("", vms: #""sql01", "sql02", "wap01""#), in: world)
        #expect(report.run.state == .aborted)
        #expect(report.run.failure?.code == .preflightFailed)
        for vm in ["sql01", "sql02", "wap01"] {
            #expect(report.run.failure?.message.contains(vm) == true)
        }
        #expect(world.effects.writes.isEmpty)
    }

    @Test func `R-4: a reversal that could not be is a fault of preflight, nothing is shut down`()
        async throws
    {
        let world = try await World()
        let policy = ReplicationPolicy(servers: ["oslo": ReplicaServer(accepts: .nothing)])
        let engine = try world.engine(policy: policy)
        world.write("trial", plan(""))
        let record = try await world.run(world.request("trial", kind: .planned), on: engine)
        #expect(record.state == .aborted)
        #expect(record.failure?.code == .preflightFailed)
        #expect(record.failure?.message.contains("could not be replicated back") == true)
        #expect(world.effects.writes.isEmpty)
        world.write("trial", plan("reverse = false,"))
        let without = try await world.run(world.request("trial", kind: .planned), on: engine)
        #expect(without.state == .completed)
    }

    @Test func `P-4: a preflight step that would change something is refused`() async throws {
        let (report, world) = try await run(
            plan(#"preflight = { step { "it looks", run = function() fabric.stop "sql01" end } }"#))
        #expect(report.run.failure?.message.contains("cannot be called in preflight") == true)
        #expect(world.effects.writes.isEmpty)
    }

    @Test func `P-3: policies and retries are the step's own`() async throws {
        let steps = """
            before = {
              step { "forgiven", on_error = "continue", run = function() error "no" end },
              step { "stubborn", retries = 2, run = function()
                if job.now() < 1772402420 then error "not yet" end
              end },
              step { "by kind", on_error = { planned = "continue" }, run = function() error "no" end },
            }
            """
        let (report, world) = try await run(plan(steps))
        #expect(report.run.state == .completed, "\(report.text)")
        #expect(states(report)["before/1"] == .forgiven)
        #expect(states(report)["before/2"] == .done)
        #expect(states(report)["before/3"] == .forgiven)
        #expect(world.clock.now.microseconds >= 1_772_402_420_000_000)
    }

    @Test(arguments: [("retry", RunState.completed), ("continue", .completed), ("abort", .aborted)])
    func `P-3: a step may ask what its failure means`(
        answer: String, ending: RunState
    ) async throws {
        let steps = """
            before = { step { "doubtful", on_error = "ask", run = function()
              if job.ask("Again?") == "yes" and fabric.vm("sql01").power == "running" then
                fabric.stop "sql01"
                error "stopped"
              end
            end } }
            """
        let (report, _) = try await run(plan(steps)) { question in
            question.request.title == "Again?" ? "yes" : .text(answer)
        }
        #expect(report.run.state == ending, "\(report.text)")
    }

    @Test func `P-3: a step that outlives its time limit has failed`() async throws {
        let steps = """
            before = { step { "endless", time_limit = "1m", run = function() job.sleep "1h" end } }
            """
        let (report, world) = try await run(plan(steps))
        #expect(report.run.failure?.cause?.code == .stepTimedOut)
        #expect(world.effects.writes.isEmpty)
    }

    @Test func `P-2: a step may be a script, a task, or both`() async throws {
        let steps = """
            before = {
              step { "script", run = function() job.note "script" end },
              manual { "task" },
              step { "both", run = function() job.note "first" end, task = manual { "then" } },
            }
            """
        let (report, _) = try await run(plan(steps))
        #expect(report.notes.map(\.text) == ["script", "first"])
        #expect(report.questions.map(\.request.title) == ["task", "then"])
    }

    @Test func `P-2: a step is told its side, and one of a lost primary's is skipped`()
        async throws
    {
        let steps = """
            after = {
              step { "there", side = "primary", run = function(context)
                job.note("%s %s", context.side, context.site)
              end },
              step { "here", run = function(context)
                job.note("%s %s", context.side, context.site)
              end },
            }
            """
        let (both, _) = try await run(plan(steps))
        #expect(both.notes.map(\.text) == ["primary oslo", "recovery bergen"])
        let world = try await World()
        try await world.fabric.lose("oslo")
        let (lost, _) = try await run(plan(steps), kind: .unplanned, in: world)
        #expect(lost.run.state == .completed, "\(lost.text)")
        #expect(lost.notes.map(\.text) == ["recovery bergen"])
        #expect(states(lost)["after/1"] == .skipped)
        #expect(lost.text.contains("the site oslo does not answer"))
    }

    @Test func `a promise is held against what was measured`() async throws {
        let steps = """
            objective = { rpo = "5m", rto = "1h" },
            before = { step { "slow, nothing is down", time_limit = "3h", run = function() job.sleep "2h" end } },
            after = { step { "after the last group", time_limit = "3h", run = function() job.sleep "2h" end } }
            """
        let (kept, _) = try await run(plan(steps))
        #expect(kept.rto?.promised == .seconds(3600))
        #expect(kept.rto?.measured == .zero)
        #expect(kept.rpo?.measured == .zero)
        #expect(kept.text.contains("lost: 0ms, of 5m allowed: kept"))
        let late = """
            objective = { rto = "1h" },
            shutdown = { after = { step { "slow", time_limit = "3h", run = function() job.sleep "90m" end } } }
            """
        let (missed, _) = try await run(plan(late))
        #expect(missed.text.contains("away: 1h30m, of 1h allowed: missed"))
        #expect(missed.value["objective"]?["rto"]?["kept"] == false)
        let (aborted, _) = try await run(
            plan(
                #"objective = { rto = "1h" }, before = { step { "no", run = function() error "no" end } }"#
            ))
        #expect(aborted.rto?.measured == nil)
        #expect(aborted.text.contains("away: not known, of 1h allowed"))
    }

    @Test func `P-5: one source fails over and comes home`() async throws {
        let text = plan("", vms: #""sql01", "wap01""#)
        let (away, world) = try await run(text)
        #expect(away.run.state == .completed, "\(away.text)")
        #expect(away.stand.map { $0["site"] } == ["bergen", "bergen"])
        let (home, _) = try await run(text, kind: .failback, in: world)
        #expect(home.run.state == .completed, "\(home.text)")
        #expect(home.stand.map { $0["site"] } == ["oslo", "oslo"])
        let replica = try await world.fabric.machine(MachineID(site: "bergen", name: "sql01"))
        #expect(replica.role == .replica && replica.power == .off)
    }

    @Test func `P-7: what is failed over already is skipped`() async throws {
        let (_, world) = try await run(plan(""))
        let writes = world.effects.writes.count
        let (again, _) = try await run(plan(""), in: world)
        #expect(again.run.state == .completed)
        #expect(states(again)["groups/only/vms/sql01"] == .skipped)
        #expect(world.effects.writes.count == writes)
    }

    @Test func `F-3: an unplanned failover says its loss, and wants a reason`() async throws {
        let world = try await World()
        world.clock.advance(by: .seconds(120))
        let (refused, _) = try await run(plan(""), kind: .unplanned, in: world)
        #expect(refused.run.failure?.message.contains("needs a reason") == true)
        #expect(world.effects.writes.isEmpty)
        let (done, _) = try await run(plan(""), kind: .unplanned, in: world, reason: "a drill")
        #expect(done.run.state == .completed, "\(done.text)")
        #expect(done.losses == ["sql01": 120])
        #expect(done.run.reason == "a drill")
    }

    @Test func `a test failover leaves nothing behind, also when it fails`() async throws {
        let world = try await World()
        let text = plan(#"after = { step { "it breaks", run = function() error "broken" end } }"#)
        let (report, _) = try await run(text, kind: .test, in: world)
        #expect(report.run.state == .aborted)
        #expect(states(report)["clean-up/sql01"] == .done)
        let names = try await world.fabric.machines(at: "bergen").map(\.id.name)
        #expect(!names.contains("sql01-test"))
    }

    @Test(.timeLimit(.minutes(10)))
    func `a task that sleeps goes on beside one that does not end before it`() async throws {
        let world = try await World()
        let hasSlept = Locked(false)
        let flag = Primitive("test.flag", "Tells.", effect: .repeatable, example: "test.flag()") {
            _ in
            hasSlept.withLock { $0 = true }
            return .null
        }
        let hold = Primitive("test.hold", "Waits.", effect: .repeatable, example: "test.hold()") {
            call in
            let sleeper = Branch("groups/only/vms/sql01/before/1")
            let store = call.services.store
            while try store.entries(of: call.place.run, branch: sleeper).isEmpty {
                await Task.yield()
            }
            world.clock.advance(by: .seconds(20))
            while !hasSlept.withLock({ $0 }) { await Task.yield() }
            return .null
        }
        let members = """
            plan.machine { "sql01", before = { step { "sleeps", run = function()
              job.sleep "10s" test.flag()
            end } } },
            plan.machine { "sql02", before = { step { "holds", run = function() test.hold() end } } }
            """
        world.write("trial", plan("", vms: members))
        let engine = try world.engine(adding: [flag, hold])
        let record = try await world.run(world.request("trial", kind: .planned), on: engine)
        #expect(record.state == .completed, "\(record.failure.map(\.description) ?? "")")
    }

    @Test func `a fault of the fabric is the step's failure, named with its cause`() async throws {
        let world = try await World()
        world.write("trial", plan(""))
        let engine = try world.engine(faults: FaultPlan([FaultPlan.Fault(.before, .start)]))
        let record = try await world.run(world.request("trial", kind: .planned), on: engine)
        #expect(record.state == .aborted)
        #expect(record.failure?.cause?.code == .rehearsed)
    }
}
