// Machines made from templates by a run: once, where they may be, and protected without a further
// act when the template asks for it (S-3).
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct DeploymentTests {
    private static let asks = RecoveryAsk(rpoSeconds: 300, target: "bergen")

    private func failure(
        _ lines: String, in world: World, scope: String? = nil, on engine: Orchestrator? = nil
    ) async throws -> Failure? {
        world.write("trial", runbook(lines))
        return try await world.run(world.request("trial", scope: scope), on: engine).failure
    }

    @Test func `S-3: a vm of a template that asks is protected without a further act`()
        async throws
    {
        let world = try await World()
        try await world.keepTemplate(Self.asks)
        let run = try await world.run(
            world.request(
                "deploy-machine",
                ["template": "web", "name": "web07", "subscription": "fabrikam"]))
        #expect(run.state == .completed, "\(run.failure?.message ?? "")")
        #expect(try world.report(run.id).returned?["protected"] == true)
        let replication = try world.engine().services.replication
        let protection = try #require(try await replication.protection(of: "web07"))
        #expect(protection.state == .replicating && protection.rpo == .seconds(300))
        let replica = try await world.fabric.machine(MachineID(site: "bergen", name: "web07"))
        #expect(replica.subscription == "fabrikam")
        let made = try await world.bytes(MachineID(site: "oslo", name: "web07"))
        #expect(try await world.bytes(replica.id) == made)
    }

    @Test func `S-3: what was only made is protected by the next tick, exactly once`()
        async throws
    {
        let world = try await World()
        try await world.keepTemplate(Self.asks)
        let made = try await failure(
            #"""
            fabric.deploy { template = "web", name = "web07" }
            local found = fabric.select { recovery = true, protected = false }
            if #found ~= 1 or found[1].recovery.rpo ~= "5m" then error "it bears no wish" end
            """#, in: world)
        #expect(made == nil)
        let engine = try world.engine()
        var ticks: [RunID] = []
        for _ in 1...3 {
            ticks.append(try await engine.start(world.request("protect-new-machines")))
        }
        await withTaskGroup { group in
            for run in ticks { group.addTask { _ = try? await engine.pass(run) } }
        }
        var counted: Int64 = 0
        for run in ticks {
            #expect(try await world.finish(run, on: engine).state == .completed)
            counted += try world.report(run).returned?["protected"]?.integer ?? 0
        }
        #expect(counted == 1)
        let protection = try await engine.services.replication.protection(of: "web07")
        #expect(protection?.state == .replicating)
    }

    @Test func `S-3: of template and add-on the nearer word counts, and the stricter promise`()
        async throws
    {
        let world = try await World()
        try await world.keepTemplate(RecoveryAsk(rpoSeconds: 1800))
        #expect(
            try await failure(
                #"""
                subscription.attach("contoso", {
                  target = "bergen", interval = "15m", points = 3, rpo = "20m" })
                local vm = fabric.deploy { template = "web", name = "web07",
                  subscription = "contoso" }
                job.note(vm.recovery.rpo .. vm.recovery.interval .. vm.recovery.points)
                """#, in: world) == nil)
        let made = try await world.fabric.machine(MachineID(site: "oslo", name: "web07"))
        #expect(
            made.recovery
                == RecoveryTerms(
                    target: "bergen", interval: .fifteenMinutes, pointsKept: 3, rpoSeconds: 1200,
                    firstCopy: nil))
    }

    @Test func `S-3: who ends the protection ends the wish, and no tick brings it back`()
        async throws
    {
        let world = try await World()
        try await world.keepTemplate(Self.asks)
        try await world.run(
            world.request("deploy-machine", ["template": "web", "name": "web07"]))
        let ended = try await world.run(
            world.request("take-out-of-protection", ["vm": "web07"]))
        #expect(ended.state == .completed, "\(ended.failure?.message ?? "")")
        let tick = try await world.run(world.request("protect-new-machines"))
        #expect(try world.report(tick.id).returned?["protected"] == 0)
        let found = try await world.fabric.machine(MachineID(site: "oslo", name: "web07"))
        #expect(found.recovery == nil)
    }

    @Test func `S-3: a machine that asks and is not protected is in its owner's report`()
        async throws
    {
        let world = try await World()
        try await world.keepTemplate(Self.asks)
        _ = try await failure(
            #"fabric.deploy { template = "web", name = "web07", subscription = "fabrikam" }"#,
            in: world)
        let services = try world.engine().services
        let report = try await ServiceReport(
            Subscription(name: "fabrikam"), services: services)
        #expect(report.uncovered == ["web07"])
    }

    private static let refusals: [(RecoveryAsk?, String, Failure.Code, String)] = [
        (nil, #"template = "wbe", name = "web07""#, .unknownName, "did you mean 'web'?"),
        (nil, #"template = "web", name = "web07", site = "bergen""#, .unknownName, "'web'"),
        (nil, #"template = "web", name = "sql01""#, .machineExists, "sql01"),
        (nil, #"template = "web", name = "web07", host = "oslo-host9""#, .unknownName, "host"),
        (nil, #"template = "web", name = "a/b""#, .usage, "'a/b'"),
        (RecoveryAsk(rpoSeconds: 60, target: "bergen"), new, .intervalInvalid, "may lose 1m"),
        (RecoveryAsk(rpoSeconds: 600), new, .promiseUnkept, "names no target"),
        (RecoveryAsk(rpoSeconds: 600, target: "oslo"), new, .promiseUnkept, "another site"),
        (RecoveryAsk(rpoSeconds: 600, target: "bregen"), new, .unknownName, "'bergen'?"),
    ]
    private static let new = #"template = "web", name = "web07""#

    @Test(arguments: refusals)
    func `S-3: what cannot be made or promised is refused, and nothing is made`(
        ask: RecoveryAsk?, options: String, code: Failure.Code, told: String
    ) async throws {
        let world = try await World()
        try await world.keepTemplate(ask)
        let before = try await world.fabric.machines(at: nil)
        let failure = try await failure("fabric.deploy { \(options) }", in: world)
        #expect(failure?.code == code, "\(failure?.message ?? "nothing was refused")")
        #expect(failure?.message.contains(told) == true, "\(failure?.message ?? "")")
        #expect(try await world.fabric.machines(at: nil) == before)
    }

    @Test func `S-3: of two runs that make a vm of one name the second is refused`()
        async throws
    {
        let world = try await World()
        try await world.keepTemplate(nil)
        try await world.keepTemplate(nil, at: "bergen")
        world.write(
            "trial",
            runbook(
                #"""
                fabric.deploy { template = "web", name = "web07", site = arguments.site }
                job.ask "Go on?"
                """#, parameters: #"{ site = { "site", "where" } }"#))
        let engine = try world.engine()
        let first = try await engine.start(world.request("trial", ["site": "oslo"]))
        _ = try await engine.pass(first)
        let second = try await engine.start(world.request("trial", ["site": "bergen"]))
        #expect(try await engine.pass(second).failure?.code == .vmClaimed)
        #expect(try await world.finish(first, on: engine).state == .completed)
        let made = try await world.fabric.machines(at: nil).filter { $0.id.name == "web07" }
        #expect(made.map(\.id.site) == ["oslo"])
    }

    @Test func `S-3: a name whose site is lost is taken all the same`() async throws {
        let world = try await World()
        try await world.keepTemplate(nil, at: "bergen")
        try await world.fabric.lose("oslo")
        let failure = try await failure(
            #"fabric.deploy { template = "web", name = "sql01" }"#, in: world)
        #expect(failure?.code == .machineExists)
    }

    @Test func `S-3: no room is named with what is free`() async throws {
        let world = try await World()
        try await world.keepTemplate(nil)
        try await world.fabric.setMemory(ByteCount(1 << 30), host: "oslo-host1", at: "oslo")
        let failure = try await failure(
            #"fabric.deploy { template = "web", name = "web07" }"#, in: world)
        #expect(failure?.code == .capacityMissing)
        #expect(failure?.message.contains("oslo-host1 has 0 B free") == true)
    }

    @Test func `S-3: a promise shorter than what the pair of sites is closed for is refused`()
        async throws
    {
        let world = try await World()
        try await world.keepTemplate(RecoveryAsk(rpoSeconds: 3600, target: "bergen"))
        let night = try TimeWindow(text: "22:00-06:00 Europe/Oslo")
        var policy = ReplicationPolicy()
        policy.transfers = try TransferPolicy(
            transfersMax: 6, pairs: [SitePairRule(from: "oslo", to: "bergen", windows: [night])])
        let line = #"fabric.deploy { template = "web", name = "web07" }"#
        let closed = try await failure(line, in: world, on: world.engine(policy: policy))
        #expect(closed?.code == .promiseUnkept)
        #expect(closed?.message.contains("for 16h of every day") == true)
        policy = ReplicationPolicy()
        policy.servers = ["bergen": ReplicaServer(accepts: .nothing)]
        let refused = try await failure(line, in: world, on: world.engine(policy: policy))
        #expect(refused?.code == .primaryRefused)
        #expect(try await failure(line, in: world) == nil)
    }

    @Test func `S-3: a tenant's run makes his machines and nobody else's`() async throws {
        let world = try await World()
        try await world.keepTemplate(nil)
        let refused = try await failure(
            #"fabric.deploy { template = "web", name = "web07", subscription = "contoso" }"#,
            in: world, scope: "fabrikam")
        #expect(refused?.code == .refused)
        #expect(
            try await failure(
                #"fabric.deploy { template = "web", name = "web07" }"#, in: world,
                scope: "fabrikam") == nil)
        let made = try await world.fabric.machine(MachineID(site: "oslo", name: "web07"))
        #expect(made.subscription == "fabrikam")
    }

    @Test func `S-3: templates are listed, those of a lost site are not`() async throws {
        let world = try await World()
        try await world.keepTemplate(Self.asks)
        try await world.keepTemplate(nil, at: "bergen")
        let lines = #"""
            local all = fabric.templates()
            if #all ~= 2 or all[1].site ~= "bergen" then error "not both" end
            if all[2].recovery.target ~= "bergen" then error "no ask" end
            if #fabric.templates { site = "bergen" } ~= 1 then error "not one" end
            """#
        #expect(try await failure(lines, in: world) == nil)
        let both = try await failure(
            #"fabric.deploy { template = "web", name = "web07" }"#, in: world)
        #expect(both?.message.contains("bergen and oslo") == true)
        try await world.fabric.lose("oslo")
        #expect(
            try await failure(
                #"if #fabric.templates() ~= 1 then error "a lost one" end"#, in: world) == nil)
    }
}

extension World {
    /// A template `web` of one disk with bytes of its own and a card.
    func keepTemplate(_ recovery: RecoveryAsk?, at site: String = "oslo") async throws {
        let image = "\(folder)/web.img"
        var bytes = Data(count: 128 << 10)
        bytes.replaceSubrange(0..<8, with: Data("template".utf8))
        try bytes.write(to: URL(filePath: image))
        try await fabric.addTemplate(
            MachineTemplate(
                site: site, name: "web", switches: ["tenant"], tags: ["web"], recovery: recovery),
            disks: [.image(path: image)])
    }
}
