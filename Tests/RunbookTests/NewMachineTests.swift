// Machines come while ticks overlap, engines die and clocks are set: each is protected within one
// period, exactly once (S-2), those of an add-on and those whose template asks (S-3).
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct NewMachineTests {
    @Test func `S-2 and S-3: each new machine is protected within a period, exactly once`()
        async throws
    {
        let origin = try await Story.origin()
        await Stories("NEW_MACHINE", count: 12).tell { seed in
            try await Story(copying: origin, seed: seed).unfold()
        }
    }
}

/// A few periods in which machines come and things go wrong.
private final class Story {
    private let world: World
    private var random: SeededGenerator
    private let seed: UInt64
    private var deployed: [String] = []
    private var lines: [String] = []

    init(copying origin: World, seed: UInt64) throws {
        world = try World(copying: origin)
        random = SeededGenerator(seed: seed)
        self.seed = seed
    }

    private static let period: Int64 = 900

    /// A lab whose contoso has the add-on and no machine yet but those that are protected.
    static func origin() async throws -> World {
        let world = try await World()
        try await world.keepTemplate(RecoveryAsk(rpoSeconds: 600, target: "bergen"))
        try await world.run(
            world.request(
                "enable-dr-add-on", ["subscription": "contoso", "target": "bergen"]))
        try await world.engine().addSchedule(
            RunSchedule(
                name: "new", runbook: "protect-new-machines", timing: .every(seconds: period),
                missed: .runOnce, overlap: .queue, by: "eva", createdAt: world.clock.now))
        return world
    }

    func unfold() async throws {
        for _ in 1...Int.random(in: 2...4, using: &random) { try await period() }
        world.clock.advance(by: .seconds(Self.period))
        try await settle()
        try await check(deployed)
        try await checkCounts()
    }

    private func period() async throws {
        for _ in 0..<Int.random(in: 0...2, using: &random) { try await deploy() }
        let due = deployed
        // A clock that is set jumps over some due times, or over none.
        let jump = Self.period * Int64.random(in: 1...3, using: &random)
        lines.append("the clock moves \(jump) s")
        world.clock.advance(by: .seconds(jump))
        try await tick()
        if Bool.random(using: &random) { try await deploy() }
        try await settle()
        try await check(due)
    }

    private func deploy() async throws {
        let name = "new\(deployed.count + 1)"
        let asks = Bool.random(using: &random)
        lines.append("\(name) comes\(asks ? ", and asks" : "")")
        if asks {
            try await world.deployAsking(name)
        } else {
            try await world.deploy(name)
        }
        deployed.append(name)
    }

    /// One tick, or two at once, one of which may die at any of its writes.
    private func tick() async throws {
        let overlaps = Bool.random(using: &random)
        let death =
            Bool.random(using: &random)
            ? Death(
                at: Int.random(in: 1...30, using: &random),
                Bool.random(using: &random) ? .before : .after) : nil
        lines.append("a tick\(overlaps ? ", overlapped" : "")\(death == nil ? "" : ", that dies")")
        let dying = try world.engine(dying: death)
        if overlaps {
            _ = try? await dying.start(world.request("protect-new-machines"))
        }
        _ = try? await RunScheduler(dying).look()
        let runs = try dying.services.store.runs(in: RunState.unfinished, limit: .max).map(\.id)
        await withTaskGroup { group in
            for run in runs { group.addTask { _ = try? await dying.pass(run) } }
        }
    }

    /// The next engine leads all that is left to its end.
    private func settle() async throws {
        let engine = try world.engine()
        for _ in 1...3 {
            _ = try await RunScheduler(engine).look()
            for run in try engine.services.store.runs(in: RunState.unfinished, limit: .max) {
                let ended = try await world.finish(run.id, on: engine)
                guard ended.state == .completed else {
                    throw complaint(
                        "run \(run.id) is \(ended.state): \(ended.failure?.message ?? "")")
                }
            }
        }
    }

    private func check(_ names: [String]) async throws {
        let replication = try world.engine().services.replication
        for name in names {
            guard let protection = try await replication.protection(of: name),
                protection.state == .replicating, protection.points.map(\.sequence) == [1]
            else { throw complaint("\(name) is not protected and copied once") }
        }
    }

    /// Every machine was counted by one run.
    private func checkCounts() async throws {
        let store = try Store(folder: world.folder)
        var counted = 0
        for run in try store.runs(in: [.completed], limit: .max)
        where run.name == "protect-new-machines" {
            let report = try RunReport(run.id, store: store, now: world.clock.now)
            counted += Int(report.returned?["protected"]?.integer ?? 0)
        }
        guard counted == deployed.count else {
            throw complaint("\(deployed.count) machines came and \(counted) were protected")
        }
    }

    private func complaint(_ text: String) -> Failure {
        Failure(.internalFault, "\(text)\n  \(lines.joined(separator: "\n  "))")
    }
}

extension World {
    /// A new machine of nobody's, whose template asks for protection.
    fileprivate func deployAsking(_ name: String) async throws {
        let ask = try await fabric.templates(at: "oslo")[0].recovery
        _ = try await fabric.deploy(
            Deployment(
                of: "web", as: MachineID(site: "oslo", name: name),
                recovery: ask?.terms(under: nil), operation: name))
    }
}
