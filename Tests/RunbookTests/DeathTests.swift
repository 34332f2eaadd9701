// Death everywhere: for every example, the engine is killed before and after every commit it makes,
// its journal's and the replica engine's own; a new engine goes on, and what is left must be what
// an undisturbed run leaves: the same journal, report, machines and disks.
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

/// An example of the repository, and how it is started.
struct Example: Sendable, CustomTestStringConvertible {
    let name: String
    var kind: FailoverKind?
    var parameters: [String: Value] = [:]
    var reason: String?

    var testDescription: String { "\(name)\(kind.map { " (\($0.rawValue))" } ?? "")" }

    static let all = short + long
    /// With MUSTER_EXAMPLES=all every one, as `make soak` asks for; else those that take a minute.
    static let tried = isEveryTried ? all : short
    /// The same for a test that takes longer over each.
    static let triedSlowly = isEveryTried ? all : Array(short.prefix(1))

    static let isEveryTried =
        ProcessInfo.processInfo.environment["MUSTER_EXAMPLES"] == "all"

    private static let long = [
        Example(name: "management-stamp", kind: .planned),
        Example(name: "management-stamp", kind: .unplanned, reason: "a drill"),
        Example(name: "management-stamp", kind: .test),
        Example(name: "branch-to-head-office", kind: .planned),
    ]

    private static let short = [
        Example(name: "fail-over-machine", parameters: ["vm": "sql01"]),
        Example(name: "web-shop", kind: .planned),
        Example(name: "verify-replica-network", parameters: ["mend": "true"]),
        Example(
            name: "enable-dr-add-on", parameters: ["subscription": "contoso", "target": "bergen"]),
        Example(
            name: "deploy-machine",
            parameters: ["template": "web", "name": "web07", "start": "true"]),
        Example(name: "fail-back-chain", parameters: ["vm": "sql01", "home": "oslo"]),
        Example(name: "maintenance-roll", parameters: ["site": "oslo", "cluster": "compute"]),
        Example(name: "test-failover", parameters: ["vm": "sql01"]),
        Example(
            name: "rehearse-machines", parameters: ["subscription": "contoso", "at_once": "1"]),
        Example(
            name: "take-out-of-protection", parameters: ["vm": "sql01", "delete_replica": true]),
    ]

    func request(in world: World) -> RunRequest {
        world.request(name, kind: kind, parameters, reason: reason)
    }

    /// A world in which the example has something to do.
    func world() async throws -> World {
        let isChained = ["fail-back-chain", "take-out-of-protection"].contains(name)
        let world = isChained ? try await World.chained() : try await World()
        let services = try world.engine().services
        switch name {
        case "enable-dr-add-on":
            for vm in ["wap01", "wap02"] {
                try await services.replication.remove(vm, deletesReplica: true)
            }
        case "deploy-machine":
            try await world.keepTemplate(RecoveryAsk(rpoSeconds: 300, target: "bergen"))
        case "fail-back-chain": try await world.bringAway()
        case "maintenance-roll": try await world.clusterOslo()
        case "branch-to-head-office": try await world.openBranch("oslo", vms: ["sql01", "wap01"])
        default:
            let replica = MachineID(site: "bergen", name: "wap01")
            try await services.fabric.connect("nic0", of: replica, to: "storage")
        }
        return world
    }
}

@Suite struct DeathTests {
    /// The deaths are counted up until a run ends before its death: then every commit was tried.
    /// Vms of a group go side by side, so the number of commits is not the same each time.
    @Test(arguments: Example.tried)
    func `whenever the engine dies, the run ends as if it had not`(example: Example) async throws {
        let prepared = try await example.world()
        let undisturbed = try await undisturbed(example)
        for moment in Death.Moment.allCases {
            var number = 1
            while try await example.dies(at: number, moment, in: prepared, undisturbed) {
                number += 1
            }
            #expect(number > 4, "the example does something")
        }
    }

    @Test(arguments: Example.tried)
    func `an example run twice leaves the same journal to the byte`(example: Example) async throws {
        let first = try await undisturbed(example)
        let second = try await undisturbed(example)
        #expect(first.differences(from: second) == [])
    }

    private func undisturbed(_ example: Example) async throws -> Transcript {
        let world = try await example.world()
        let engine = try world.engine()
        let run = try await engine.start(example.request(in: world))
        let record = try await world.finish(run, on: engine)
        try #require(record.state == .completed, "\(record.failure.map(\.description) ?? "")")
        return try await Transcript(of: run, in: world)
    }
}

extension Example {
    /// Kills the engine at one commit, lets another go on, and compares. Returns whether the engine
    /// came as far as that commit.
    fileprivate func dies(
        at number: Int, _ moment: Death.Moment, in prepared: World, _ undisturbed: Transcript
    ) async throws -> Bool {
        let world = try World(copying: prepared)
        let death = Death(at: number, moment)
        do {
            let dying = try world.engine(dying: death)
            let run = try await dying.start(request(in: world))
            try await world.finish(run, on: dying)
        } catch is SimulatedDeath {}
        let heir = try world.engine()
        let run: RunID
        if let begun = try heir.services.store.runs(limit: 100).last {
            run = begun.id
        } else {
            run = try await heir.start(request(in: world))
        }
        try await world.finish(run, on: heir)
        let differences = try await Transcript(of: run, in: world).differences(from: undisturbed)
        #expect(differences == [], "killed \(moment.rawValue) commit \(number)")
        return death.hasStruck
    }
}
