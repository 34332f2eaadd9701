// The recovery add-on from the agreement to the machines that follow from it, and what the report
// says of them afterwards (S-1, S-4, S-5).
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct SubscriptionTests {
    private static let contoso: [String: Value] = ["subscription": "contoso", "target": "bergen"]

    /// A world in which the machines of contoso, and one of the house, are not protected.
    private func world() async throws -> World {
        let world = try await World()
        let replication = try world.engine().services.replication
        for vm in ["wap01", "wap02", "sql01"] {
            try await replication.remove(vm, deletesReplica: true)
        }
        return world
    }

    private func failure(
        _ world: World, _ lines: String, scope: String? = nil
    ) async throws -> Failure? {
        world.write(
            "trial", #"return runbook { summary = "A test", run = function() \#(lines) end }"#)
        let run = try await world.run(world.request("trial", scope: scope))
        return run.failure
    }

    @Test func `S-1: the add-on protects every machine of its subscription, and no other`()
        async throws
    {
        let world = try await world()
        let run = try await world.run(world.request("enable-dr-add-on", Self.contoso))
        #expect(run.state == .completed, "\(run.failure?.message ?? "")")
        let services = try world.engine().services
        for vm in ["wap01", "wap02"] {
            let protection = try #require(try await services.replication.protection(of: vm))
            #expect(protection.state == .replicating && protection.pointsKept == 4)
        }
        #expect(try await services.replication.protection(of: "sql01") == nil)
        let agreed = try #require(try services.store.subscription("contoso")?.addOn)
        #expect(agreed.terms.target == "bergen" && agreed.attachedBy == "eva")
    }

    @Test func `S-1: without the add-on protections end, and others stay`() async throws {
        let world = try await world()
        try await world.run(world.request("enable-dr-add-on", Self.contoso))
        let run = try await world.run(
            world.request("disable-dr-add-on", ["subscription": "contoso"]))
        #expect(run.state == .completed, "\(run.failure?.message ?? "")")
        let services = try world.engine().services
        #expect(try await services.replication.protection(of: "wap01") == nil)
        #expect(try await services.replication.protection(of: "sql02") != nil)
        #expect(try services.store.subscription("contoso")?.addOn == nil)
        let again = try await world.run(world.request("protect-new-machines"))
        #expect(again.state == .completed)
        #expect(try await services.replication.protection(of: "wap01") == nil)
    }

    @Test func `S-2: the first copy is left to the quiet hour`() async throws {
        let world = try await world()
        var parameters = Self.contoso
        parameters["first_copy"] = "03:00"
        parameters["zone"] = "Europe/Oslo"
        try await world.run(world.request("enable-dr-add-on", parameters))
        let replication = try world.engine().services.replication
        let protection = try #require(try await replication.protection(of: "wap01"))
        // It is 22:00 UTC, 23:00 in Oslo.
        #expect(protection.terms.firstCopyAt == world.clock.now + .seconds(4 * 3600))
        #expect(protection.points.isEmpty)
    }

    @Test func `S-4: the replica knows its owner, also when the primary is gone`() async throws {
        let world = try await world()
        try await world.run(world.request("enable-dr-add-on", Self.contoso))
        let replica = try await world.fabric.machine(MachineID(site: "bergen", name: "wap01"))
        #expect(replica.subscription == "contoso")
        try await world.fabric.lose("oslo")
        let lines = #"""
            local names = {}
            for _, vm in ipairs(fabric.select {}) do names[#names + 1] = vm.name end
            job.note(table.concat(names, " "))
            replication.failover("wap01", { kind = "unplanned", reason = "Oslo is gone" })
            fabric.start "bergen/wap01"
            """#
        #expect(try await failure(world, lines, scope: "contoso") == nil)
        let found = try await world.fabric.machine(MachineID(site: "bergen", name: "wap01"))
        #expect(found.power == .running && found.role == .production)
        let others = try await failure(
            world, #"replication.failover("sql02", { kind = "unplanned", reason = "x" })"#,
            scope: "contoso")
        #expect(others?.code == .refused)
    }

    @Test func `S-5: the report names drills, failovers and what was kept`() async throws {
        let world = try await world()
        try await world.run(world.request("enable-dr-add-on", Self.contoso))
        let services = try world.engine().services
        world.clock.advance(by: .seconds(240))
        _ = try await services.replication.sync("wap01")
        world.clock.advance(by: .seconds(1_200))
        _ = try await services.replication.sync("wap01")
        _ = try await services.replication.testFailover("wap01")
        try await services.replication.cleanUp("wap01")
        world.clock.advance(by: .seconds(60))
        let directory = SubscriptionDirectory(services: services)
        let report = try await ServiceReport(
            try await directory.subscription("contoso"), services: services)
        #expect(report.lines.map(\.vm) == ["wap01", "wap02"])
        let line = report.lines[0]
        // Ten minutes may be lost: the second point kept that, the third came after twenty.
        #expect(line.protection?.rpo == .seconds(600))
        #expect(line.keptPercent == 50)
        #expect(line.protection?.service.worstMicroseconds == 1_200_000_000)
        #expect(line.loss(at: report.at) == .seconds(60))
        let drill = try #require(line.protection?.service.lastDrill)
        #expect(drill.kind == .test && drill.begunAt == report.at + .seconds(-60))
        #expect(report.lines[1].protection?.service.lastDrill == nil)
        let view = report.view["machines"]?.list?.first
        #expect(view?["rpo_kept"] == 1 && view?["rpo_exceeded"] == 1)
        #expect(view?["last_drill"]?["kind"] == "test")
    }

    @Test func `S-5: a machine that the add-on covers and nothing protects is named`()
        async throws
    {
        let world = try await world()
        try await world.run(world.request("enable-dr-add-on", Self.contoso))
        try await world.deploy("wap03")
        let services = try world.engine().services
        let report = try await ServiceReport(
            try await SubscriptionDirectory(services: services).subscription("contoso"),
            services: services)
        #expect(report.uncovered == ["wap03"])
        #expect(report.view["machines"]?.list?.last?["protected"] == false)
    }

    @Test func `S-5: a failover is in the report with the time it took`() async throws {
        let world = try await world()
        try await world.run(world.request("enable-dr-add-on", Self.contoso))
        let services = try world.engine().services
        try await world.fabric.lose("oslo")
        _ = try await services.replication.failOver("wap02", FailoverRequest(.unplanned))
        let protection = try #require(try await services.replication.protection(of: "wap02"))
        let failover = try #require(protection.service.lastFailover)
        #expect(failover.kind == .unplanned && failover.readyAt >= failover.begunAt)
        #expect(failover.cutAt == protection.points.last?.cutAt)
    }

    @Test(arguments: [
        (#"subscription.attach("contosso", { target = "bergen" })"#, Failure.Code.unknownName),
        (#"subscription.attach("contoso", { target = "bregen" })"#, .unknownName),
        (
            #"subscription.attach("contoso", { target = "bergen", interval = "15m", rpo = "5m" })"#,
            .intervalInvalid
        ),
        (#"subscription.attach("contoso", { target = "bergen", points = 40 })"#, .argumentInvalid),
        (
            #"subscription.attach("contoso", { target = "bergen", first_copy = { at = "25:00" } })"#,
            .usage
        ),
        (#"subscription.detach "fabrikam""#, .unknownName),
    ])
    func `terms that cannot be kept are refused, and nothing is agreed`(
        line: String, code: Failure.Code
    ) async throws {
        let world = try await World()
        let failure = try await failure(world, line)
        #expect(failure?.code == code, "\(failure?.message ?? "nothing was refused")")
        #expect(failure?.position != nil)
        #expect(try Store(folder: world.folder).subscriptions().isEmpty)
    }

    @Test func `S-4: a run of one tenant agrees nothing for another`() async throws {
        let world = try await World()
        let refused = try await failure(
            world, #"subscription.attach("contoso", { target = "bergen" })"#, scope: "fabrikam")
        #expect(refused?.code == .refused)
        let seen = try await failure(
            world, #"if #subscription.select {} > 0 then error "it sees others" end"#,
            scope: "fabrikam")
        #expect(seen == nil)
    }
}

extension World {
    /// A new machine of contoso in Oslo, with a disk of a few blocks.
    func deploy(_ name: String) async throws {
        try await fabric.define(
            VirtualMachine(
                id: MachineID(site: "oslo", name: name), host: "oslo-host1",
                disks: [Disk(name: "disk0", size: ByteCount(256 << 10))], subscription: "contoso"))
    }
}
