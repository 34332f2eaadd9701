// One seed's story: a first copy and some cycles, the power cut at random changes, again during
// recovery; after each the replica must hold what the record says.
import Fabric
import Model

@testable import Replication

/// What was broken, and under which seed.
struct Broken: Error, CustomStringConvertible {
    let description: String
}

/// How the path of the bytes is spoilt on purpose; `nil` everywhere is the product's own way.
struct Spoilt: Sendable {
    var order = ApplyStep.order
    var mergeOrder = MergeStep.order
    var ignoresSync: @Sendable (String) -> Bool = { _ in false }
}

final class PowerCutStory {
    private static let owner = try! OwnerKey(bytes: Noise.bytes(32, seed: 0))  // 32 bytes it is
    private let seed: UInt64
    private var generator: SeededGenerator
    private let power = Power()
    private let files: SimulatedFiles
    private let ledger: PoweredLedger
    private let sites: SimulatedSites
    private let engine: ReplicationEngine
    private let transport: WatchedTransport
    private var cuts = 0
    /// The instants of the points that were recorded, oldest first.
    private var recorded: [Timestamp] = []

    init(seed: UInt64, _ spoilt: Spoilt = Spoilt()) {
        self.seed = seed
        var generator = SeededGenerator(seed: seed)
        files = SimulatedFiles(power: power, ignoresSync: spoilt.ignoresSync)
        ledger = PoweredLedger(power: power)
        let count = Int.random(in: 1...2, using: &generator)
        sites = SimulatedSites(
            sizes: (0..<count).map { _ in Int.random(in: 8...24, using: &generator) * 2048 })
        let layout = LabLayout(lab: "/lab")
        transport = WatchedTransport(
            LocalTransport(layout: layout, files: files),
            reachesImages: Bool.random(using: &generator),
            takesFiles: Bool.random(using: &generator))
        engine = ReplicationEngine(
            fabric: sites, ledger: ledger, clock: sites, lab: "/lab", files: files,
            transport: transport, workers: 1, order: spoilt.order,
            mergeOrder: spoilt.mergeOrder, keys: KeyRing(["owner": Self.owner]))
        self.generator = generator
        for (disk, size) in sites.sizes.enumerated() {
            files.makeImage("/images/bergen-disk\(disk)", bytes: size)
        }
    }

    func tell() async throws {
        let options = ProtectionOptions(
            target: "bergen", isCompressed: Bool.random(using: &generator),
            pointsKept: Int.random(in: 1...4, using: &generator),
            ownerKey: Int.random(in: 0..<3, using: &generator) == 0 ? "owner" : nil)
        _ = try await engine.protect(MachineID(site: "oslo", name: "vm"), options)
        for _ in 0..<Int.random(in: 3...6, using: &generator) {
            writeSomething()
            sites.pass(minutes: Int.random(in: 0...45, using: &generator))
            try await cycleUnderCuts()
        }
    }

    private func writeSomething() {
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            let disk = Int.random(in: 0..<sites.sizes.count, using: &generator)
            let blocks = (sites.sizes[disk] + 4095) / 4096
            let block = Int.random(in: 0..<blocks, using: &generator)
            let bytes =
                switch Int.random(in: 0...2, using: &generator) {
                case 0: [UInt8](repeating: 0, count: 4096)
                case 1:
                    [UInt8](repeating: UInt8.random(in: 1...255, using: &generator), count: 4096)
                default: Noise.bytes(4096, seed: generator.next())
                }
            sites.write(bytes, block: block, disk: disk)
        }
    }

    private func cycleUnderCuts() async throws {
        var cutsLeft = Int.random(in: 0...3, using: &generator)
        while true {
            if cutsLeft > 0 { power.cut(after: Int.random(in: 0...45, using: &generator)) }
            do {
                try await cycle()
                power.restore()
                try await check("after a cycle")
                return
            } catch is PowerCut {
            } catch let failure as Failure where failure.message.contains("PowerCut") {
            } catch let broken as Broken {
                throw broken
            } catch { throw broken("a cycle failed: \(error)") }
            cutsLeft -= 1
            cuts += 1
            files.restart(&generator)
            try await checkDelivered()
            if Bool.random(using: &generator) { try await losePrimary() }
        }
    }

    private func cycle() async throws {
        let state = try await engine.state(of: "vm")
        if [.readyForInitialReplication, .initialReplication].contains(state) {
            _ = try await engine.firstCopy("vm")
        } else {
            _ = try await engine.sync("vm")
        }
    }

    /// The primary is gone: the replica alone must come to a whole point.
    private func losePrimary() async throws {
        let protection = try await engine.required("vm")
        guard !protection.points.isEmpty else { return }
        do {
            _ = try await engine.settle(protection)
        } catch { throw broken("the replica could not be settled: \(error)") }
        try await check("after settling")
    }

    private func check(_ moment: String) async throws {
        let protection = try await engine.required("vm")
        // More than half of the disks pending is the one reason for a resync here.
        let size = sites.sizes.reduce(0, +)
        let isMuch = try sites.pendingBytes().bytes * 2 >= size
        guard isMuch || ![.waitingForResync, .resyncing].contains(protection.state) else {
            throw broken("\(moment): a power cut made a resync necessary")
        }
        try checkPoints(protection, moment)
        let side = try await engine.replicaSide(protection)
        let chain = RecoveryPointChain(
            protection: protection, folder: side.folder, images: side.images, files: files)
        for point in protection.points {
            guard let disks = sites.disks(at: point.cutAt) else {
                throw broken("\(moment): point \(point.sequence) has no cut")
            }
            do {
                let reader = try chain.open(point.sequence)
                for (number, disk) in disks.enumerated() {
                    let expected = try asKept(disk, number, protection)
                    var found = [UInt8](repeating: 0, count: expected.count)
                    try found.withUnsafeMutableBytes {
                        try reader.read(disk: number, at: 0, into: $0)
                    }
                    guard found.isSame(as: expected) else {
                        throw broken("\(moment): disk\(number) of point \(point.sequence) is wrong")
                    }
                }
            } catch let failure as Failure { throw broken("\(moment): \(failure)") }
        }
        try checkHashes(protection, side, moment)
    }

    /// A disk as the replica holds it: sealed, if its owner has asked for that.
    private func asKept(
        _ disk: [UInt8], _ number: Int, _ protection: Protection
    ) throws -> [UInt8] {
        guard let cipher = try engine.opening(of: protection)?.disks else { return disk }
        var sealed = disk
        sealed.withUnsafeMutableBytes { cipher.turn($0, disk: number, at: 0, seals: true) }
        return sealed
    }

    /// The latest is there, and of each hour before it the first that was recorded, up to the
    /// number that is kept; nothing else.
    private func checkPoints(_ protection: Protection, _ moment: String) throws {
        for point in protection.points where !recorded.contains(point.cutAt) {
            recorded.append(point.cutAt)
        }
        let hour: Int64 = 3_600_000_000
        let hours = Dictionary(grouping: recorded.dropLast()) { $0.microseconds / hour }
        let older = hours.keys.sorted().compactMap { hours[$0]?.first }
        let expected = (older + recorded.suffix(1)).suffix(protection.pointsKept)
        guard protection.points.map(\.cutAt) == Array(expected) else {
            throw broken("\(moment): kept points are \(protection.points), recorded \(recorded)")
        }
    }

    private func checkHashes(
        _ protection: Protection, _ side: ReplicaSide, _ moment: String
    ) throws {
        for (disk, path) in try side.validHashFiles(protection).enumerated() {
            guard let path else { continue }
            let identity = HashFile.Identity(
                generation: protection.generation, blockBytes: protection.blockBytes,
                diskBytes: Int64(sites.sizes[disk]))
            let kept: [BlockHash]
            do {
                kept = try HashFile.read(path, identity, files: files)
            } catch let failure as Failure where failure.code == .logDamaged {
                throw broken("\(moment): \(failure)")
            }
            let real = try DiskScan(files: files, workers: 1).hashes(
                of: side.images[disk], identity)
            guard kept == real else {
                throw broken("\(moment): the hashes of disk\(disk) are wrong")
            }
            let root = HashTree.root(over: real, identity).description
            guard protection.points.last?.roots[disk] == root else {
                throw broken("\(moment): the root of disk\(disk) is wrong")
            }
        }
    }

    /// What was acknowledged as durable is there after a cut, until it is applied.
    private func checkDelivered() async throws {
        let protection = try await engine.required("vm")
        for (name, path) in transport.delivered
        where name.sequence > protection.appliedSequence {
            do {
                try ReplicationLog(path, files: files, opening: engine.opening(of: protection))
                    .verify(workers: 1)
            } catch { throw broken("acknowledged log \(name.text) was lost: \(error)") }
        }
    }

    private func broken(_ what: String) -> Broken {
        Broken(description: "seed \(seed), cut \(cuts): \(what)")
    }
}

/// Remembers what the replica has acknowledged; takes logs as files or in small pieces.
final class WatchedTransport: Transport {
    private let transport: LocalTransport
    private let names = Locked<[LogName: String]>([:])
    private let takesFiles: Bool
    let reachesImages: Bool

    init(_ transport: LocalTransport, reachesImages: Bool, takesFiles: Bool) {
        self.transport = transport
        self.reachesImages = reachesImages
        self.takesFiles = takesFiles
    }

    var delivered: [LogName: String] { names.withLock { $0 } }

    func offer(_ shipment: Shipment, file: String?, anew: Bool) async throws -> ShipmentAnswer {
        let answer = try await transport.offer(
            shipment, file: takesFiles ? file : nil, anew: anew)
        if answer == .acknowledged { note(shipment) }
        return answer
    }

    func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        for start in stride(from: 0, to: piece.count, by: 3000) {
            try await transport.send(
                Array(piece[start..<min(start + 3000, piece.count)]), at: offset + Int64(start),
                of: shipment)
        }
    }

    func finish(_ shipment: Shipment, hash: BlockHash) async throws {
        try await transport.finish(shipment, hash: hash)
        note(shipment)
    }

    private func note(_ shipment: Shipment) {
        let folder = LabLayout(lab: "/lab").folder(of: shipment.vm, at: shipment.target, in: nil)
        names.withLock { $0[shipment.name] = folder.receivedLog(shipment.name) }
    }
}
