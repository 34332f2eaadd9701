// One seed's story: a first copy and some cycles, the power cut at random changes, again during
// recovery; after each the replica must hold what the record says.
import Fabric
import Glibc
import Model

@testable import Replication

/// What was broken, and under which seed.
struct Broken: Error, CustomStringConvertible {
    let description: String
}

/// How the path of the bytes is spoilt on purpose; `nil` everywhere is the product's own way.
struct Spoilt: Sendable {
    var order = ApplyStep.order
    var ignoresSync: @Sendable (String) -> Bool = { _ in false }
}

final class PowerCutStory {
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
            reachesImages: Bool.random(using: &generator))
        engine = ReplicationEngine(
            fabric: sites, ledger: ledger, clock: sites, lab: "/lab", files: files,
            transport: transport, workers: 1, order: spoilt.order)
        self.generator = generator
        for (disk, size) in sites.sizes.enumerated() {
            files.makeImage("/images/bergen-disk\(disk)", bytes: size)
        }
    }

    func tell() async throws {
        let options = ProtectionOptions(
            target: "bergen", isCompressed: Bool.random(using: &generator),
            pointsKept: Int.random(in: 1...4, using: &generator))
        _ = try await engine.protect(MachineID(site: "oslo", name: "vm"), options)
        for _ in 0..<Int.random(in: 3...6, using: &generator) {
            writeSomething()
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
                for (number, expected) in disks.enumerated() {
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

    /// Points come one by one and only the oldest goes.
    private func checkPoints(_ protection: Protection, _ moment: String) throws {
        for point in protection.points where !recorded.contains(point.cutAt) {
            recorded.append(point.cutAt)
        }
        let expected = recorded.suffix(protection.pointsKept)
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
            let kept = try HashFile.read(path, identity, files: files)
            let real = try DiskScan(files: files, workers: 1).hashes(
                of: side.images[disk], identity)
            guard kept == real else {
                throw broken("\(moment): the hashes of disk\(disk) are wrong")
            }
        }
    }

    /// What was acknowledged as durable is there after a cut, until it is applied.
    private func checkDelivered() async throws {
        let protection = try await engine.required("vm")
        for (name, path) in transport.delivered
        where name.sequence > protection.appliedSequence {
            do {
                try ReplicationLog(path, files: files).verify(workers: 1)
            } catch { throw broken("acknowledged log \(name.text) was lost: \(error)") }
        }
    }

    private func broken(_ what: String) -> Broken {
        Broken(description: "seed \(seed), cut \(cuts): \(what)")
    }
}

extension [UInt8] {
    /// `==` is slow in debug builds.
    fileprivate func isSame(as other: [UInt8]) -> Bool {
        withUnsafeBytes { left in
            other.withUnsafeBytes {
                left.count == $0.count
                    && memcmp(left.baseAddress!, $0.baseAddress!, left.count) == 0
            }
        }
    }
}

/// Remembers what the replica has acknowledged.
final class WatchedTransport: Transport {
    private let transport: LocalTransport
    private let names = Locked<[LogName: String]>([:])
    let reachesImages: Bool

    init(_ transport: LocalTransport, reachesImages: Bool) {
        self.transport = transport
        self.reachesImages = reachesImages
    }

    var delivered: [LogName: String] { names.withLock { $0 } }

    func deliver(_ log: String, named name: LogName, of vm: String, to site: String) throws {
        try transport.deliver(log, named: name, of: vm, to: site)
        let inbox = LabLayout(lab: "/lab").folder(of: vm, at: site).receivedLog(name)
        names.withLock { $0[name] = inbox }
    }
}
