// The part of preflight that asks whether the hosts of the target have room for the plan's vms
// beside those that are there for good: processors, memory, storage (P-11). What nobody has said of
// a host is not asked. Replicas of other plans take storage, and run no program yet.
import Model

struct CapacityPreflight: Sendable {
    private let site: Site?
    private let machines: FabricSight.SiteMachines
    /// The plan's vms as they would run, by their names.
    private var wanted: [MachineID: VirtualMachine] = [:]

    init(site: Site?, machines: FabricSight.SiteMachines) {
        self.site = site
        self.machines = machines
    }

    mutating func want(_ machine: VirtualMachine) { wanted[machine.id] = machine }

    /// What is short, host by host, and how much is missing.
    func shortages() -> [String] {
        let names = Set(wanted.values.map(\.host))
        return (site?.hosts ?? []).filter { names.contains($0.name) }.flatMap(shortages)
    }

    private func shortages(on host: Host) -> [String] {
        let here = machines.byHost[host.name] ?? []
        let running =
            here.filter { $0.role != .replica && wanted[$0.id] == nil }
            + wanted.values.filter { $0.host == host.name }
        let processors = running.reduce(0) { $0 + $1.processors }
        let memory = running.reduce(Int64(0)) { $0 + $1.memory.bytes }
        let stored = here.flatMap(\.disks).filter { $0.kind == .image }
            .reduce(Int64(0)) { $0 + $1.size.bytes }
        let room = host.storage.map { $0.values.reduce(Int64(0)) { $0 + $1.bytes } }
        let size = { (bytes: Int64) in ByteCount(bytes).description }
        return [
            shortage(of: host, Int64(processors), host.processors.map { Int64($0) }) {
                "\($0) processors"
            },
            shortage(of: host, memory, host.memory?.bytes) { "\(size($0)) of memory" },
            shortage(of: host, stored, room) { "\(size($0)) of storage" },
        ].compactMap(\.self)
    }

    private func shortage(
        of host: Host, _ wanted: Int64, _ room: Int64?, _ words: (Int64) -> String
    ) -> String? {
        guard let room, wanted > room else { return nil }
        return "the host \(site?.name ?? "")/\(host.name) lacks \(words(wanted - room)): "
            + "\(words(wanted)) are wanted, and it has \(words(room))"
    }
}
