// The lab that every world is a copy of: Oslo and Bergen, a host each with three switches, five
// machines in Oslo that run and are protected, with bytes of their own on their disks.
import Fabric
import Foundation
import Model
import Replication
import Store

package actor Template {
    package static let shared = Template()
    package static let machines = ["sql01", "sql02", "vmm01", "wap01", "wap02"]
    package static let diskBytes = 256 << 10

    private var made: Task<String, any Error>?

    /// The template's folder; made at the first call.
    package func folder() async throws -> String {
        if let made { return try await made.value }
        let task = Task { try await Self.make() }
        made = task
        return try await task.value
    }

    private static func make() async throws -> String {
        let folder = World.scratchFolder()
        atexit_remove(folder)
        let lab = try EmbeddedFabric.create(at: folder)
        for site in ["oslo", "bergen"] { try await furnish(site, of: lab) }
        for (index, name) in machines.enumerated() { try await bring(name, index, to: lab, folder) }
        try await protect(lab, folder)
        return folder
    }

    private static func furnish(_ site: String, of lab: EmbeddedFabric) async throws {
        try await lab.createSite(site)
        try await lab.addHost("\(site)-host1", at: site)
        for name in ["tenant", "storage", "isolated"] {
            let network = Network(name: name, isIsolated: name == "isolated")
            try await lab.addNetwork(network, at: site)
            try await lab.addSwitch(Switch(name: name, network: name), host: nil, at: site)
        }
    }

    private static func bring(
        _ name: String, _ index: Int, to lab: EmbeddedFabric, _ folder: String
    ) async throws {
        let image = "\(folder)/\(name).img"
        var bytes = Data(count: diskBytes)
        for offset in stride(from: 0, to: diskBytes, by: 64 << 10) {
            bytes.replaceSubrange(offset..<offset + name.utf8.count, with: Data(name.utf8))
        }
        try bytes.write(to: URL(fileURLWithPath: image))
        let card = NetworkCard(
            name: "nic0", mac: "02:00:00:00:00:0\(index)", switchName: "tenant",
            address: "10.0.0.\(11 + index)")
        try await lab.importMachine(
            VirtualMachine(
                id: MachineID(site: "oslo", name: name), host: "oslo-host1", nics: [card],
                tags: [String(name.dropLast(2))],
                subscription: name.hasPrefix("wap") ? "contoso" : nil),
            disks: [.image(path: image)])
        try FileManager.default.removeItem(atPath: image)
    }

    private static func protect(_ lab: EmbeddedFabric, _ folder: String) async throws {
        let clock = VirtualClock()
        let store = try Store(folder: folder)
        let replication = ReplicationEngine(
            fabric: lab, ledger: StoreLedger(store: store, clock: clock), clock: clock, lab: folder)
        for name in machines {
            let id = MachineID(site: "oslo", name: name)
            _ = try await replication.protect(id, ProtectionOptions(target: "bergen"))
            _ = try await replication.firstCopy(name)
            try await lab.start(id)
        }
    }
}

private let foldersToRemove = Locked<[String]>([])

/// The template belongs to the process and goes with it.
private func atexit_remove(_ folder: String) {
    let isFirst = foldersToRemove.withLock { folders in
        folders.append(folder)
        return folders.count == 1
    }
    guard isFirst else { return }
    atexit {
        for folder in foldersToRemove.withLock({ $0 }) {
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}
