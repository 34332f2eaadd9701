// How long a cut holds the guests: the longest single write that guests of running machines see
// while cycles are cut, sent and applied. Stalls of the file system and of the scheduler are in it;
// beside it the same guests without any cycle, who have those alone.
import Fabric
import Foundation
import Model
import Replication

enum HeldWrites {
    static var comparisons: [Comparison] {
        [
            longest("longest write, cycles of one machine", machines: 1),
            longest("longest write, cycles of a group of six", machines: 6),
        ]
    }

    private static func longest(_ name: String, machines: Int) -> Comparison {
        let scene = Scene(machines: machines)
        return Comparison(
            name: name, unit: .cost("ms"), wanted: .atMost(100), rounds: 5,
            ours: { try await scene.longestWrite { _ = try await $0.cycle(group: Scene.group) } },
            peer: Comparison.Peer(name: "no cycle") {
                try await scene.longestWrite { _ in try await Task.sleep(for: .milliseconds(300)) }
            })
    }

    private actor Scene {
        static let group = "all"
        private static let diskBytes = 512 << 20
        private let machines: Int
        private var made: (laboratory: Laboratory, guests: [Guest])?

        init(machines: Int) { self.machines = machines }

        /// Milliseconds of the longest write of any guest while `act` is done five times.
        func longestWrite(
            during act: @Sendable (ReplicationEngine) async throws -> Void
        ) async throws -> Double {
            let (laboratory, guests) = try await prepared()
            for guest in guests { guest.begin() }
            do {
                for _ in 0..<5 { try await act(laboratory.replication) }
            } catch {
                for guest in guests { _ = try? guest.end() }
                throw error
            }
            return try guests.map { try $0.end().longest / .milliseconds(1) }.max() ?? .nan
        }

        private func prepared() async throws -> (laboratory: Laboratory, guests: [Guest]) {
            if let made { return made }
            let image = NSTemporaryDirectory() + "muster-bench-\(UUID().uuidString).raw"
            defer { try? FileManager.default.removeItem(atPath: image) }
            try ImageContent.write(image, bytes: Self.diskBytes, ImageContent.text(of: 4 << 20))
            let laboratory = try await Laboratory()
            var guests: [Guest] = []
            for number in 1...machines {
                let vm = try await laboratory.add("sql\(number)", disk: image)
                try await laboratory.fabric.start(vm)
                _ = try await laboratory.replication.protect(
                    vm, ProtectionOptions(target: "bergen"))
                _ = try await laboratory.replication.setGroup(Self.group, of: vm.name)
                _ = try await laboratory.replication.firstCopy(vm.name)
                let folder = try await laboratory.fabric.folder(of: vm)
                guests.append(
                    Guest(try DiskImage(folder: folder, disk: "disk0"), bytesPerSecond: 8 << 20))
            }
            made = (laboratory, guests)
            return (laboratory, guests)
        }
    }
}
