// The memory of the program while it copies six machines at once: `muster serve` begins six first
// copies that are due, and the kernel tells the most that it ever had resident. The page cache is
// not in it; mapped files and the program's own code are.
import Fabric
import Foundation
import Model
import Replication

enum CopyMemory {
    static var comparisons: [Comparison] {
        let scene = Scene()
        return [
            Comparison(
                name: "memory, six first copies at once", unit: .cost("MiB"), wanted: .atMost(200),
                rounds: 3, ours: { try await scene.peak() }, peer: nil)
        ]
    }

    private actor Scene {
        private static let diskBytes = 1 << 30
        private var made: (laboratory: Laboratory, machines: [MachineID])?

        func peak() async throws -> Double {
            let (laboratory, machines) = try await prepared()
            for vm in machines { try await protectAnew(vm, laboratory.replication) }
            let engine = try ChildProcess(
                ChildProcess.muster,
                ["--lab", laboratory.folder, "serve", "--listen", "127.0.0.1:0"])
            defer { engine.kill() }
            var mostAtOnce = 0
            try await until("six machines are copied") {
                let states = try await laboratory.replication.summaries().map(\.state)
                mostAtOnce = max(mostAtOnce, states.count { $0 == .initialReplication })
                return states.allSatisfy { $0 == .replicating }
            }
            guard mostAtOnce == machines.count else {
                throw Failure(.internalFault, "at most \(mostAtOnce) copies were under way at once")
            }
            return engine.peakMebibytes
        }

        private func protectAnew(_ vm: MachineID, _ engine: ReplicationEngine) async throws {
            try await engine.remove(vm.name, deletesReplica: true)
            var options = ProtectionOptions(target: "bergen")
            options.terms.firstCopyAt = MachineClock().now
            _ = try await engine.protect(vm, options)
        }

        private func prepared() async throws -> (laboratory: Laboratory, machines: [MachineID]) {
            if let made { return made }
            let image = NSTemporaryDirectory() + "muster-bench-\(UUID().uuidString).raw"
            defer { try? FileManager.default.removeItem(atPath: image) }
            try ImageContent.write(image, bytes: Self.diskBytes, ImageContent.text(of: 4 << 20))
            let laboratory = try await Laboratory()
            var machines: [MachineID] = []
            for number in 1...6 {
                let vm = try await laboratory.add("sql\(number)", disk: image)
                try await laboratory.fabric.start(vm)
                machines.append(vm)
            }
            laboratory.giveUpLead()
            made = (laboratory, machines)
            return (laboratory, machines)
        }
    }
}
