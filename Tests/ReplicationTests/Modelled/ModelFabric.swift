// Three sites in memory, as far as replication can tell: roles, epochs, the fence at power-on,
// marks of what guests wrote, sites that are cut off or lost. Images are simulated files.
import Fabric
import Model

@testable import Replication

final class ModelFabric: FabricProvider {
    enum Reach: Sendable { case up, cut, lost }

    struct Held: Sendable {
        var machine: VirtualMachine
        var marks: [Set<Int>]
        var open: OpenMarks?
        var token: UInt64 = 0
        /// The record of writes was lost.
        var isRecordLost = false
        /// It ran when its site was cut off: nobody could stop it since.
        var isIsolated = false
    }

    struct OpenMarks: Sendable {
        var token: UInt64
        var marks: [Set<Int>]
        var wasRecordLost: Bool
    }

    struct State: Sendable {
        var held: [MachineID: Held] = [:]
        var reach: [String: Reach] = [:]
        var model = ReferenceModel()
    }

    static let names = ["bergen", "cadiz", "oslo"]
    let state = Locked(State())
    let files: SimulatedFiles
    let clock: ModelClock
    /// The cut whose disks a machine holds when it turns from replica to production.
    let takenOver: @Sendable (MachineID) -> Timestamp?
    /// A source that forgets its marks at the cut: how a wrong protocol is planted.
    let acknowledgesAtCut: Bool

    init(
        files: SimulatedFiles, clock: ModelClock, acknowledgesAtCut: Bool,
        takenOver: @escaping @Sendable (MachineID) -> Timestamp?
    ) {
        self.files = files
        self.clock = clock
        self.acknowledgesAtCut = acknowledgesAtCut
        self.takenOver = takenOver
    }

    static func image(_ id: MachineID, _ disk: String) -> String {
        "/images/\(id.site)-\(id.name)-\(disk)"
    }

    func requireReachable(_ site: String) throws {
        guard state.withLock({ $0.reach[site] ?? .up }) != .up else { return }
        throw Failure(.siteUnreachable, "site '\(site)' does not answer")
    }

    func held(_ id: MachineID) throws -> Held {
        try requireReachable(id.site)
        guard let held = state.withLock({ $0.held[id] }) else {
            throw Failure(.unknownName, "there is no machine \(id)")
        }
        return held
    }

    func sites() async throws -> [Site] {
        Self.names.map {
            Site(name: $0, hosts: [Host(name: "host", switches: [])], networks: [])
        }
    }

    func machines(at site: String?) async throws -> [VirtualMachine] {
        if let site { try requireReachable(site) }
        return state.withLock { state in
            state.held.values.map(\.machine).filter { site == nil || $0.id.site == site }
                .sorted { $0.id < $1.id }
        }
    }

    func machine(_ id: MachineID) async throws -> VirtualMachine { try held(id).machine }

    func define(_ machine: VirtualMachine) async throws {
        try requireReachable(machine.id.site)
        if let standing = state.withLock({ $0.held[machine.id]?.machine }) {
            let fits =
                standing.role == machine.role && standing.disks == machine.disks
                && standing.memory == machine.memory
            guard fits else { throw Failure(.machineExists, "\(machine.id) stands there") }
            return
        }
        for disk in machine.disks {
            files.makeImage(Self.image(machine.id, disk.name), bytes: Int(disk.size.bytes))
        }
        state.withLock {
            $0.held[machine.id] = Held(machine: machine, marks: machine.disks.map { _ in [] })
        }
    }

    func remove(_ id: MachineID) async throws {
        try requireReachable(id.site)
        guard let held = state.withLock({ $0.held[id] }) else { return }
        guard held.machine.power == .off else {
            throw Failure(.machineRunning, "\(id) is running")
        }
        for disk in held.machine.disks { try files.remove(Self.image(id, disk.name)) }
        try files.syncFolder("/images")
        state.withLock { $0.held[id] = nil }
    }

    func update(
        _ id: MachineID, _ change: @Sendable (inout VirtualMachine) throws -> Void
    ) async throws {
        let before = try held(id)
        var after = before
        try change(&after.machine)
        guard after.machine != before.machine else { return }
        if after.machine.role != before.machine.role, before.machine.power == .running {
            throw Failure(.machineRunning, "\(id) is running")
        }
        guard after.machine.epoch >= before.machine.epoch else {
            throw Failure(.epochOutdated, "the epoch of \(id) cannot fall")
        }
        if before.machine.role == .replica, after.machine.role == .production {
            after.marks = after.marks.map { _ in [] }
            (after.open, after.isRecordLost) = (nil, false)
            if let instant = takenOver(id) { state.withLock { $0.model.bring(id, to: instant) } }
        }
        for (old, new) in zip(before.machine.disks, after.machine.disks) where old != new {
            let image = try files.open(Self.image(id, old.name), .write)
            try [UInt8](repeating: 0, count: Int(new.size.bytes - old.size.bytes))
                .withUnsafeBytes { try image.write($0, at: old.size.bytes) }
            try image.sync()
        }
        state.withLock { [after] in $0.held[id] = after }
    }

    func start(_ id: MachineID) async throws {
        let held = try held(id)
        guard held.machine.power == .off else { return }
        guard held.machine.role != .replica else { throw Failure(.epochOutdated, "a replica") }
        if held.machine.role == .production { try checkFence(held.machine) }
        state.withLock { $0.held[id]!.machine.power = .running }
    }

    private func checkFence(_ machine: VirtualMachine) throws {
        let state = state.withLock { $0 }
        for (id, other) in state.held where id.name == machine.id.name && id != machine.id {
            switch state.reach[id.site] ?? .up {
            case .cut: throw Failure(.epochUnknown, "\(id) may run")
            case .lost: continue
            case .up:
                let isOutdated = other.machine.epoch > machine.epoch
                let runs = other.machine.power == .running && other.machine.role == .production
                if isOutdated { throw Failure(.epochOutdated, "\(id) has outgrown it") }
                if runs { throw Failure(.runsElsewhere, "\(id) runs") }
            }
        }
    }

    func stop(_ id: MachineID) async throws {
        _ = try held(id)
        state.withLock {
            $0.held[id]!.machine.power = .off
            $0.held[id]!.isIsolated = false
        }
    }

    func move(_ id: MachineID, to host: String) async throws {}
    func setMaintenance(
        _ maintenance: HostMaintenance?, host: String, at site: String
    ) async throws {}
    func connect(_ nic: String, of id: MachineID, to switchName: String?) async throws {}
    func setFailoverAddress(
        _ address: FailoverAddress?, nic: String, of id: MachineID
    ) async throws {}
    func setGuestAddress(_ address: String?, nic: String, of id: MachineID) async throws {}
    func changeSource(of id: MachineID) async throws -> any ChangeSource {
        _ = try held(id)
        return ModelChanges(fabric: self, id: id)
    }
    func imagePath(of disk: String, machine id: MachineID) async throws -> String {
        _ = try held(id)
        return Self.image(id, disk)
    }
}

/// Each look is an instant of its own.
final class ModelClock: WallClock {
    private let time = Locked<Int64>(1_800_000_000_000_000)

    var now: Timestamp {
        Timestamp(
            microseconds: time.withLock {
                $0 += 1
                return $0
            })
    }
    /// The instant of the last look.
    var last: Timestamp { Timestamp(microseconds: time.withLock { $0 }) }
    func sleep(until deadline: Timestamp) async throws {
        time.withLock { $0 = max($0, deadline.microseconds) }
    }
    func pass(minutes: Int) { time.withLock { $0 += Int64(minutes) * 60_000_000 } }
}
