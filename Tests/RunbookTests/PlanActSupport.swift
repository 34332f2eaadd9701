// Worlds with several recovery points, and acts on a whole plan after a failover.
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

extension World {
    /// The plan of these worlds: sql01 and wap01.
    static let pairPlan = onePlan("", vms: #"{ "sql01", "wap01" }"#)

    /// sql01 and wap01 with three points each, an hour apart and of the states 1, 2 and 3; of a
    /// consistency group, cut at one instant.
    static func withPoints(group: String? = nil) async throws -> World {
        let world = try await World()
        world.write("trial", pairPlan)
        let replication = try world.engine().services.replication
        let options = ProtectionOptions(
            target: "bergen", pointsKept: 4, consistentEveryHours: 0)
        for vm in ["sql01", "wap01"] {
            try await replication.remove(vm, deletesReplica: true)
            _ = try await replication.protect(MachineID(site: "oslo", name: vm), options)
            _ = try await replication.firstCopy(vm)
            if let group { _ = try await replication.setGroup(group, of: vm) }
        }
        for state in 1...3 {
            world.clock.advance(by: .seconds(3600))
            for vm in ["sql01", "wap01"] {
                let id = MachineID(site: "oslo", name: vm)
                try await world.writeInGuest(of: id, "state \(state)")
            }
            if let group {
                _ = try await replication.cycle(group: group)
            } else {
                for vm in ["sql01", "wap01"] { _ = try await replication.sync(vm) }
            }
        }
        return world
    }

    func writeInGuest(of id: MachineID, _ text: String) async throws {
        let image = try DiskImage(folder: try await fabric.folder(of: id), disk: "disk0")
        try Array(text.utf8).withUnsafeBytes { try image.write(at: 0, $0) }
    }

    /// What the guest has written of its state at a site.
    func written(at site: String) async throws -> [String] {
        var words: [String] = []
        for vm in ["sql01", "wap01"] {
            let bytes = try await bytes(MachineID(site: site, name: vm))
            words.append(String(decoding: bytes.prefix(7), as: UTF8.self))
        }
        return words
    }

    func states() async throws -> [String] {
        let replication = try engine().services.replication
        var words: [String] = []
        for vm in ["sql01", "wap01"] {
            let protection = try #require(try await replication.protection(of: vm))
            let machine = try await fabric.machine(protection.production)
            words.append("\(machine.id) \(machine.power.rawValue) \(protection.state.rawValue)")
        }
        return words
    }

    func both(_ site: String, _ state: String) -> [String] {
        ["sql01", "wap01"].map { "\(site)/\($0) running \(state)" }
    }

    func request(
        _ act: PlanAct.Kind, _ choice: PointChoice? = nil, of plan: String = "trial",
        on engine: Orchestrator
    ) async throws -> RunRequest {
        var request = request(plan)
        request.act =
            if let choice {
                try await engine.changes(choice, of: plan, scope: nil).act
            } else {
                PlanAct(act)
            }
        return request
    }

    /// Does it to the end.
    func act(
        _ act: PlanAct.Kind, _ choice: PointChoice? = nil, of plan: String = "trial",
        on engine: Orchestrator? = nil
    ) async throws -> RunReport {
        let engine = try engine ?? self.engine()
        let request = try await request(act, choice, of: plan, on: engine)
        return try report(try await run(request, on: engine).id)
    }

    func failOver(_ reason: String = "a drill") async throws {
        let there = try await run(request("trial", kind: .unplanned, reason: reason))
        try #require(there.state == .completed)
    }
}
