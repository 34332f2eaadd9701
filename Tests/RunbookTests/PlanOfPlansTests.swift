// A plan that runs other plans: in order or side by side, with its own kind and direction, looked
// at as a whole before anything is touched, told of in one report.
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct PlanOfPlansTests {
    private static func small(_ vms: String, _ fields: String = "") -> String {
        onePlan(fields, vms: "{ \(vms) }")
    }

    private static func outer(_ groups: String, _ fields: String = "") -> String {
        """
        local group, step = plan.group, plan.step
        return plan {
          summary = "All", source = "oslo", target = "bergen", \(fields)
          groups = { \(groups) },
        }
        """
    }

    /// `sql` has sql01, `web` has sql01 and wap01.
    private func world(_ groups: String, _ fields: String = "") async throws -> World {
        try await World(runbooks: [
            "sql.lua": Self.small(#""sql01""#), "web.lua": Self.small(#""sql01", "wap01""#),
            "vmm.lua": Self.small(#""vmm01""#), "all.lua": Self.outer(groups, fields),
        ])
    }

    private static let inOrder =
        #"group { "data", plans = { "sql", "vmm" } }, group { "front", plans = { "web" } }"#

    private func sites(_ world: World) async throws -> [String] {
        let replication = try world.engine().services.replication
        var sites: [String] = []
        for vm in ["sql01", "vmm01", "wap01"] {
            sites.append(try await replication.protection(of: vm)!.production.site)
        }
        return sites
    }

    @Test func `P-7: plans run in order or side by side, and what was moved is skipped`()
        async throws
    {
        let world = try await world(Self.inOrder)
        let there = try await world.run(world.request("all", kind: .planned))
        let report = try world.report(there.id)
        #expect(there.state == .completed, "\(report.text)")
        #expect(report.stages.map(\.id) == ["preflight", "groups/data", "groups/front"])
        #expect(Set(report.children.prefix(2).map(\.name)) == ["sql", "vmm"])
        #expect(report.children.map(\.state) == [.completed, .completed, .completed])
        #expect(report.children.allSatisfy { $0.failover == .planned && $0.startedBy == "eva" })
        for child in report.children {
            #expect(report.text.contains("run \(child.id) · \(child.name) · completed"))
        }
        let web = try world.report(report.children[2].id)
        #expect(web.task("groups/only/vms/sql01")?.state == .skipped)
        #expect(web.task("groups/only/vms/wap01")?.state == .done)
        #expect(try await sites(world) == ["bergen", "bergen", "bergen"])
        let back = try await world.run(world.request("all", kind: .failback))
        let home = try world.report(back.id)
        #expect(back.state == .completed, "\(home.text)")
        #expect(home.children.allSatisfy { $0.direction == .back })
        #expect(try await sites(world) == ["oslo", "oslo", "oslo"])
    }

    @Test func `P-4: the plans that are run are looked at before anything of any is touched`()
        async throws
    {
        let world = try await world(Self.inOrder)
        try await world.fabric.connect(
            "nic0", of: MachineID(site: "bergen", name: "wap01"), to: nil)
        _ = try await world.engine().services.replication.suspend("wap01")
        world.write("vmm", "return runbook { summary = \"No plan.\", run = function() end }")
        let record = try await world.run(world.request("all", kind: .planned))
        #expect(record.failure?.code == .preflightFailed)
        let message = record.failure?.message ?? ""
        #expect(message.contains("web: wap01 is suspended"), "\(message)")
        #expect(message.contains("the plan 'vmm' cannot be run: 'vmm' is a runbook"))
        #expect(world.effects.writes.isEmpty)
        #expect(try world.report(record.id).children.isEmpty)
        let readiness = try await world.engine().readinessNow(of: "all")
        #expect(readiness.findings.contains { $0.topic == .plans })
        #expect(readiness.findings.contains { $0.text.hasPrefix("web: wap01") })
    }

    @Test func `P-7: a vm of two plans side by side, and plans in a circle, are named`()
        async throws
    {
        let world = try await world(#"group { "both", plans = { "sql", "web" } }"#)
        let both = try await world.run(world.request("all", kind: .planned))
        #expect(
            both.failure?.message.contains(
                "'sql' and 'web' run side by side, and both have sql01") == true)
        world.write("web", Self.outer(#"group { "g", plans = { "all" } }"#))
        let circle = try await world.run(world.request("all", kind: .planned))
        #expect(
            circle.failure?.message.contains(
                "plans run each other in a circle: 'all', 'web', 'all'") == true,
            "\(circle.failure?.message ?? "")")
        #expect(world.effects.writes.isEmpty)
        #expect(try await world.engine().readinessNow(of: "all").rehearsal?.state == .never)
    }

    @Test func `P-3: a child that fails stops what comes after, and going on runs it again`()
        async throws
    {
        let world = try await world(Self.inOrder)
        world.write(
            "vmm",
            Self.small(
                #""vmm01""#,
                #"before = { plan.step { "breaks", run = function() error "broken" end } },"#))
        let failed = try await world.run(world.request("all", kind: .planned))
        #expect(failed.state == .aborted)
        #expect(failed.failure?.message.contains("'run the plan vmm' failed") == true)
        #expect(failed.failure?.cause?.code == .childFailed)
        let report = try world.report(failed.id)
        #expect(report.task("groups/front/plans/web")?.state == .notBegun)
        world.write("vmm", Self.small(#""vmm01""#))
        let next = try await world.goOn(from: failed.id)
        #expect(next.run.state == .completed, "\(next.text)")
        #expect(try await sites(world) == ["bergen", "bergen", "bergen"])
    }

    @Test func `P-12: a change of a plan that is run makes the rehearsal of all stale`()
        async throws
    {
        let world = try await world(Self.inOrder)
        let drill = try await world.run(world.request("all", kind: .test))
        let report = try world.report(drill.id)
        #expect(drill.state == .completed, "\(report.text)")
        let roles = try await world.fabric.machines(at: nil).map(\.role)
        #expect(!roles.contains(.test))
        func rehearsal(_ name: String) async throws -> PlanRehearsal? {
            try await world.engine().readinessNow(of: name).rehearsal
        }
        #expect(try await rehearsal("all")?.state == .verified)
        #expect(try await rehearsal("web")?.state == .verified)
        world.write("web", Self.small(#""wap01""#))
        #expect(try await rehearsal("all")?.changes == ["plan web"])
    }

    @Test func `a group without vms and plans, and a plan run twice, are refused at load`()
        async throws
    {
        for (groups, text) in [
            (#"group { "empty" }"#, "has neither vms nor plans"),
            (
                #"group { "a", plans = { "sql" } }, group { "b", plans = { "sql" } }"#,
                "runs the plan \"sql\" a second time"
            ),
        ] {
            let world = try await world(groups)
            await #expect {
                _ = try await world.engine().inspect("all")
            } throws: { error in
                (error as? Failure)?.code == .cardInvalid
                    && (error as? Failure)?.message.contains(text) == true
            }
        }
    }

    @Test func `the example brings all of Oslo to Bergen and home, and a drill touches nothing`()
        async throws
    {
        let world = try await World()
        for kind in [FailoverKind.test, .planned, .failback] {
            let record = try await world.run(world.request("plan-of-plans", kind: kind))
            let report = try world.report(record.id)
            #expect(record.state == .completed, "\(kind) \(report.text)")
            #expect(report.children.map(\.name) == ["web-shop", "management-stamp"])
        }
        #expect(try await sites(world) == ["oslo", "oslo", "oslo"])
    }

    @Test func `P-7: wherever the engine dies, each child is run once`() async throws {
        let prepared = try await world(Self.inOrder)
        for moment in Death.Moment.allCases {
            for number in stride(from: 2, through: .max, by: 29) {
                let world = try World(copying: prepared)
                let death = Death(at: number, moment)
                do {
                    try await world.run(
                        world.request("all", kind: .planned), on: world.engine(dying: death))
                } catch is SimulatedDeath {}
                let heir = try world.engine()
                if try heir.runs(limit: 1).isEmpty {
                    _ = try await heir.start(world.request("all", kind: .planned))
                }
                try await world.finish(RunID(1), on: heir)
                let states = try heir.runs(limit: 9).map(\.state)
                #expect(states == [.completed, .completed, .completed, .completed])
                #expect(try await sites(world) == ["bergen", "bergen", "bergen"])
                if !death.hasStruck { break }
            }
        }
    }
}
