// Just enough of a fabric for the path of the bytes: one machine, its replica, and a primary whose
// disks and marks outlive every cut. Remembers the disks of every cut.
import Fabric
import Model

@testable import Replication

final class SimulatedSites: FabricProvider, ChangeSource, WallClock {
    struct Primary {
        var disks: [[UInt8]]
        var marks: [Set<Int>]
        var open: (token: UInt64, marks: [Set<Int>], disks: [[UInt8]])?
        var token: UInt64 = 0
        var time: Int64 = 1
        /// The disks at each cut, by its instant.
        var history: [Int64: [[UInt8]]] = [:]
    }

    static let blockBytes = 4096
    let primary: Locked<Primary>
    let sizes: [Int]

    init(sizes: [Int]) {
        self.sizes = sizes
        primary = Locked(
            Primary(
                disks: sizes.map { [UInt8](repeating: 0, count: $0) },
                marks: sizes.map { _ in [] }))
    }

    func write(_ bytes: [UInt8], block: Int, disk: Int) {
        primary.withLock { primary in
            let start = block * Self.blockBytes
            let end = min(start + bytes.count, sizes[disk])
            primary.disks[disk].replaceSubrange(start..<end, with: bytes.prefix(end - start))
            primary.marks[disk].insert(block)
        }
    }

    func disks(at time: Timestamp) -> [[UInt8]]? {
        primary.withLock { $0.history[time.microseconds] }
    }

    // The clock: each look is an instant of its own, and what is cut next belongs to it
    var now: Timestamp {
        primary.withLock { primary in
            primary.time += 1
            primary.history[primary.time] = primary.disks
            return Timestamp(microseconds: primary.time)
        }
    }

    func sleep(until deadline: Timestamp) async throws {}
    func pass(minutes: Int) { primary.withLock { $0.time += Int64(minutes) * 60_000_000 } }

    // The change source

    func cut(everything: Bool) throws -> Cut {
        primary.withLock { primary in
            if let open = primary.open {
                for disk in sizes.indices { primary.marks[disk].formUnion(open.marks[disk]) }
            }
            primary.token += 1
            primary.open = (primary.token, primary.marks, primary.disks)
            primary.marks = sizes.map { _ in [] }
            let open = primary.open!
            let disks = sizes.indices.map { disk in
                let blocks = (sizes[disk] + Self.blockBytes - 1) / Self.blockBytes
                let marked =
                    everything ? [0..<blocks] : open.marks[disk].sorted().map { $0..<$0 + 1 }
                return CutDisk(
                    name: "disk\(disk)", size: ByteCount(sizes[disk]), extents: marked
                ) { offset, buffer in
                    buffer.copyBytes(
                        from: open.disks[disk][Int(offset)..<Int(offset) + buffer.count])
                }
            }
            return Cut(
                token: CutToken(number: primary.token),
                coverage: everything ? .everything : .delta, blockBytes: Self.blockBytes,
                disks: disks)
        }
    }

    func acknowledge(_ token: CutToken) throws {
        primary.withLock { if $0.open?.token == token.number { $0.open = nil } }
    }

    func fail(_ token: CutToken) throws {}

    func pendingBytes() throws -> ByteCount {
        primary.withLock { primary in
            let open = primary.open?.marks ?? sizes.map { _ in [] }
            let blocks = sizes.indices.map { primary.marks[$0].union(open[$0]).count }
            return ByteCount(blocks.reduce(0, +) * Self.blockBytes)
        }
    }

    // The fabric

    func machine(_ id: MachineID) async throws -> VirtualMachine {
        VirtualMachine(
            id: id, host: "host",
            disks: sizes.enumerated().map { Disk(name: "disk\($0)", size: ByteCount($1)) },
            role: id.site == "oslo" ? .production : .replica)
    }

    func sites() async throws -> [Site] {
        ["oslo", "bergen"].map {
            Site(name: $0, hosts: [Host(name: "host", switches: [])], networks: [])
        }
    }

    func machines(at site: String?) async throws -> [VirtualMachine] { [] }
    func define(_ machine: VirtualMachine) async throws {}
    func remove(_ id: MachineID) async throws {}
    func update(
        _ id: MachineID, _ change: @Sendable (inout VirtualMachine) throws -> Void
    ) async throws {}
    func start(_ id: MachineID) async throws {}
    func stop(_ id: MachineID) async throws {}
    func move(_ id: MachineID, to host: String) async throws {}
    func setMaintenance(
        _ maintenance: HostMaintenance?, host: String, at site: String
    ) async throws {}
    func connect(_ nic: String, of id: MachineID, to switchName: String?) async throws {}
    func setFailoverAddress(_ address: FailoverAddress?, nic: String, of id: MachineID) async throws
    {}
    func setGuestAddress(_ address: String?, nic: String, of id: MachineID) async throws {}
    func changeSource(of id: MachineID) async throws -> any ChangeSource { self }
    func imagePath(of disk: String, machine id: MachineID) async throws -> String {
        "/images/\(id.site)-\(disk)"
    }
}

/// A ledger that loses its power with the rest; a save is done or not done, never half.
final class PoweredLedger: ProtectionLedger {
    let memory = MemoryLedger()
    private let power: Power
    private let lands = Locked(SeededGenerator(seed: 1))

    init(power: Power) { self.power = power }

    func summaries() async throws -> [ProtectionSummary] {
        try power.check()
        return try await memory.summaries()
    }

    func protection(of vm: String) async throws -> Protection? {
        try power.check()
        return try await memory.protection(of: vm)
    }

    func save(_ protection: Protection, moving addresses: [AddressMove]) async throws {
        try power.check()
        if power.spends() {
            // Committed, but nobody lived to hear of it; or not.
            let landed = lands.withLock { Bool.random(using: &$0) }
            if landed { try await memory.save(protection, moving: addresses) }
            throw PowerCut()
        }
        try await memory.save(protection, moving: addresses)
    }

    func removeProtection(of vm: String, moving addresses: [AddressMove]) async throws {
        try await memory.removeProtection(of: vm, moving: addresses)
    }

    func addresses(of machine: MachineID) async throws -> [GivenAddress] {
        try await memory.addresses(of: machine)
    }
}
