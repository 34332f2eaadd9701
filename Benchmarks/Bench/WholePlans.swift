// A plan of 2,000 vms in 50 groups: what its check and its dry run cost, and what the engine costs
// a vm when the disks are empty; the same vms in fifty plans that run at once.
import Fabric
import Foundation
import LuaRuntime
import Model
import Orchestration
import Replication

enum WholePlans {
    private static let groups = 50
    private static let vmsOfGroup = 40
    static var count: Int { groups * vmsOfGroup }

    static var comparisons: [Comparison] {
        let scene = Scene()
        return [
            command(scene, "check", "plan of 2,000 vms, check", ["plan", "check", "whole"]),
            command(
                scene, "dry run", "plan of 2,000 vms, dry run",
                ["run", "whole", "--kind", "planned", "--dry-run"]),
            wholePlan(scene), drill(scene), fiftyPlans(scene),
        ]
    }

    /// The whole command, in seconds.
    private static func command(
        _ scene: Scene, _ word: String, _ name: String, _ arguments: [String]
    ) -> Comparison {
        Comparison(
            name: name, unit: .cost("s"), wanted: .atMost(1), rounds: 5,
            ours: {
                let folder = try await scene.world().folder
                return try await seconds {
                    try ChildProcess.run(ChildProcess.muster, ["--lab", folder] + arguments)
                }
            }, peer: nil)
    }

    /// Away and home again by turns: each round finds the vms where the one before left them.
    private static func wholePlan(_ scene: Scene) -> Comparison {
        Comparison(
            name: "plan of 2,000 vms, run, by the vm", unit: .cost("ms"), wanted: .atMost(10),
            rounds: 3,
            ours: {
                let (laboratory, kind) = (try await scene.world(), await scene.nextWay())
                let spent = try await seconds { try await laboratory.run("whole", as: kind) }
                return spent / Double(count) * 1_000
            }, peer: nil)
    }

    private static func drill(_ scene: Scene) -> Comparison {
        Comparison(
            name: "plan of 2,000 vms, test, by the vm", unit: .cost("ms"), wanted: .atMost(10),
            rounds: 1,
            ours: {
                let laboratory = try await scene.worldAtHome()
                let spent = try await seconds { try await laboratory.run("whole", as: .test) }
                return spent / Double(count) * 1_000
            }, peer: nil)
    }

    private static func fiftyPlans(_ scene: Scene) -> Comparison {
        Comparison(
            name: "50 plans at once, by the vm", unit: .cost("ms"), wanted: .atMost(10), rounds: 3,
            ours: {
                let (laboratory, kind) = (try await scene.world(), await scene.nextWay())
                let spent = try await seconds {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<groups {
                            group.addTask(executorPreference: LuaExecutor.shared) {
                                try await laboratory.run("part\(number)", as: kind)
                            }
                        }
                        try await group.waitForAll()
                    }
                }
                return spent / Double(count) * 1_000
            }, peer: nil)
    }
}

extension WholePlans {
    /// A lab that costs a minute to make is made when the first figure asks for it.
    private actor Scene {
        private var making: Task<Laboratory, any Error>?
        private var isAway = false

        func world() async throws -> Laboratory {
            let task = making ?? Task { try await WholePlans.world() }
            making = task
            return try await task.value
        }

        func nextWay() -> FailoverKind {
            isAway.toggle()
            return isAway ? .planned : .failback
        }

        func worldAtHome() async throws -> Laboratory {
            let laboratory = try await world()
            if isAway { try await laboratory.run("whole", as: nextWay()) }
            return laboratory
        }
    }

    private static func name(_ number: Int) -> String {
        "vm" + String(String(100_000 + number).dropFirst())
    }

    private static func group(_ number: Int) -> String {
        let first = number * vmsOfGroup
        let vms = (first..<first + vmsOfGroup).map { "\"\(name($0))\"" }.joined(separator: ", ")
        return "plan.group { \"group\(number)\", vms = { \(vms) } }"
    }

    private static func plan(_ groups: [Int]) -> String {
        """
        return plan {
          summary = "What a benchmark runs", source = "oslo", target = "bergen",
          groups = { \(groups.map(group).joined(separator: ",\n")) },
        }
        """
    }

    private static func world() async throws -> Laboratory {
        var plans = ["whole": plan(Array(0..<groups))]
        for number in 0..<groups { plans["part\(number)"] = plan([number]) }
        let laboratory = try await Laboratory(runbooks: plans)
        for start in stride(from: 0, to: count, by: vmsOfGroup) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in start..<start + vmsOfGroup {
                    group.addTask { try await protect(number, in: laboratory) }
                }
                try await group.waitForAll()
            }
        }
        return laboratory
    }

    private static func protect(_ number: Int, in laboratory: Laboratory) async throws {
        let id = MachineID(site: "oslo", name: name(number))
        try await laboratory.fabric.define(
            VirtualMachine(
                id: id, host: "oslo-host",
                disks: [Disk(name: "disk0", size: ByteCount(1 << 20))],
                nics: [
                    NetworkCard(name: "nic0", mac: "52:54:00:00:00:01", switchName: "tenant")
                ]))
        _ = try await laboratory.replication.protect(id, ProtectionOptions(target: "bergen"))
        _ = try await laboratory.replication.firstCopy(id.name)
        try await laboratory.fabric.start(id)
    }
}
