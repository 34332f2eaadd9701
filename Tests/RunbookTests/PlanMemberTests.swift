// Who is in a run of a plan, and how well those are protected whom others need.
import Fabric
import Model
import Orchestration
import Replication
import TestSupport
import Testing

@Suite struct PlanMemberTests {
    // MARK: Selectors (P-6)

    private static let selecting = onePlan(
        #"before = { manual { "Go on?" } },"#, vms: #"fabric.select { tag = "vmm" }"#)

    private func bringLatecomer(to world: World) async throws {
        try await world.fabric.define(
            VirtualMachine(
                id: MachineID(site: "oslo", name: "vmm02"), host: "oslo-host1", tags: ["vmm"]))
    }

    @Test func `P-6: a selector is frozen, and who came later is told as not in this run`()
        async throws
    {
        let world = try await World()
        world.write("trial", Self.selecting)
        let engine = try world.engine()
        let run = try await engine.start(world.request("trial", kind: .planned))
        #expect(try await engine.settle(run, under: nil).state == .waiting)
        #expect(try await engine.latecomers(of: run) == [])
        try await bringLatecomer(to: world)
        #expect(try await engine.latecomers(of: run) == ["vmm02"])
        let heir = try world.engine()
        let record = try await world.finish(run, on: heir)
        let report = try world.report(run)
        #expect(record.state == .completed, "\(report.text)")
        #expect(report.stand.map { $0["name"] } == ["vmm01"])
        #expect(report.latecomers == ["vmm02"])
        #expect(report.text.contains("Not in this run\n  vmm02 came later"))
        #expect(report.value["not_in_this_run"] == ["vmm02"])
    }

    @Test func `P-6: a run that goes on from another one has its members, not those of now`()
        async throws
    {
        let world = try await World()
        let failing = onePlan(
            #"before = { step { "once", run = function() fabric.host "nobody" end } },"#,
            vms: #"fabric.select { tag = "vmm" }"#)
        let failed = try await world.plan(failing)
        #expect(failed.run.state == .aborted)
        try await bringLatecomer(to: world)
        let next = try await world.goOn(from: failed.run.id, .skip, reason: "nobody is there")
        #expect(next.run.state == .completed, "\(next.text)")
        #expect(next.stand.map { $0["name"] } == ["vmm01"])
        #expect(next.latecomers == ["vmm02"])
    }

    @Test func `P-6: a plan that names its vms has no latecomers`() async throws {
        let world = try await World()
        let report = try await world.plan(onePlan(""))
        #expect(report.latecomers == [])
        #expect(!report.text.contains("Not in this run"))
    }

    // MARK: Levels (P-14)

    @Test func `P-14: what is needed must be sent as often as what needs it`() async throws {
        let world = try await World()
        let replication = try world.engine().services.replication
        _ = try await replication.setInterval(.fifteenMinutes, of: "sql01")
        let text = onePlan(
            #"dependencies = { wap01 = { "sql01" } },"#, vms: #"{ "sql01", "wap01" }"#)
        let refused = try await world.plan(text)
        #expect(refused.run.failure?.code == .preflightFailed)
        #expect(
            refused.run.failure?.message.contains(
                "sql01 is replicated every 15m, but wap01, which needs it, every 5m") == true)
        #expect(world.effects.writes.isEmpty)
        _ = try await replication.setInterval(.fifteenMinutes, of: "wap01")
        let done = try await world.plan(text)
        #expect(done.run.state == .completed, "\(done.text)")
    }

    @Test func `P-14: fewer points and another site are faults, more and the same are none`() {
        func level(_ vm: String, points: Int, to site: String) -> DependencyLevel {
            let protection = Protection(
                vm: vm, primary: MachineID(site: "oslo", name: vm),
                replica: MachineID(site: site, name: vm), interval: .fiveMinutes,
                isCompressed: true, pointsKept: points, disks: [], excludedDisks: [], epoch: 0)
            return DependencyLevel(vm: vm, protection: protection, destination: "bergen")
        }
        let web = level("web", points: 12, to: "bergen")
        #expect(
            web.faults(of: level("sql", points: 3, to: "tromso")) == [
                "sql keeps 3 of its recovery points, but web, which needs it, 12",
                "sql is replicated to tromso, but web, which needs it, to bergen",
            ])
        #expect(web.faults(of: level("sql", points: 24, to: "bergen")) == [])
    }

    // MARK: Profiles (P-3)

    @Test func `P-3: the profile of Azure Site Recovery goes on in an unplanned failover alone`()
        async throws
    {
        let steps = #"""
            profile = plan.profiles.asr,
            before = { step { "it breaks", run = function() error "broken" end } },
            """#
        let world = try await World()
        let planned = try await world.plan(onePlan(steps))
        #expect(planned.run.state == .aborted)
        let own = try await world.plan(
            onePlan(
                #"""
                profile = plan.profiles.asr,
                before = { step { "own", on_error = "abort", run = function() error "no" end } },
                """#), .unplanned, reason: "a drill")
        #expect(own.run.state == .aborted)
        let unplanned = try await world.plan(onePlan(steps), .unplanned, reason: "a drill")
        #expect(unplanned.run.state == .completed, "\(unplanned.text)")
        #expect(unplanned.task("before/1")?.state == .forgiven)
    }
}
