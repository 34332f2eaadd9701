// The engine under test, in a world of memory: performs one step after the other, each by an
// engine of its own, as if every one were another run of the program. Two verbs at once are asked
// of one engine: the second comes when the first has its turn, and waits for it.
import Fabric
import Model

@testable import Replication

/// How the protocol is spoilt on purpose; the product's own way everywhere by default.
struct Mutation: Sendable {
    var order = ApplyStep.order
    var mergeOrder = MergeStep.order
    var acknowledgesAtCut = false
}

actor ModelWorld {
    static let owner = try! OwnerKey(bytes: Noise.bytes(32, seed: 0))  // 32 bytes it is
    static let machines = ["vm": [4, 4], "db": [5]]

    let files: SimulatedFiles
    let disk: FullDisk
    let ledger = ModelLedger()
    let clock = ModelClock()
    let fabric: ModelFabric
    let mutation: Mutation
    var generator: SeededGenerator
    /// Calls on the line that go wrong, from the seed of the step that spoilt it.
    var lineFaults: UInt64?
    /// When cycles may begin, between any two sites; always when empty.
    var windows: [TimeWindow] = []
    var stepsDone = 0
    /// When the step under way was asked for.
    var askedAt = Timestamp(microseconds: 0)
    /// Replicas that somebody else wrote to.
    var disturbed: Set<MachineID> = []
    var isDamaged = false
    /// The owner's key is at hand.
    var hasKey = true
    /// The second of two verbs at once, while it is under way; tells what it found broken.
    var companion: Task<Broken?, Never>?
    private var versions: [Int: [UInt8]] = [:]
    /// The last point that a verb said the replica holds, by key.
    var acknowledged: [String: (generation: Int, cutAt: Timestamp)] = [:]

    init(seed: UInt64, _ mutation: Mutation = Mutation()) async throws {
        self.mutation = mutation
        generator = SeededGenerator(seed: seed)
        files = SimulatedFiles(power: Power())
        disk = FullDisk(files)
        let ledger = ledger
        fabric = ModelFabric(
            files: files, clock: clock, acknowledgesAtCut: mutation.acknowledgesAtCut
        ) { id in
            let records = ledger.records.values.filter {
                $0.replica == id && [.failingOver, .failingBack].contains($0.state)
            }
            return records.first.flatMap { record in
                record.points.first { $0.sequence == record.failover?.point }?.cutAt
            }
        }
        for (name, blocks) in Self.machines.sorted(by: { $0.key < $1.key }) {
            let id = MachineID(site: "oslo", name: name)
            fabric.state.withLock { $0.model.make(id, blocks: blocks) }
            let disks = blocks.enumerated().map {
                Disk(name: "disk\($0)", size: ByteCount($1 * ReferenceModel.blockBytes))
            }
            try await fabric.define(VirtualMachine(id: id, host: "host", disks: disks))
        }
    }

    func engine(_ life: Life) -> ReplicationEngine {
        let mortal = MortalFiles(files: disk, life: life)
        var transport: any Transport = LocalTransport(
            layout: LabLayout(lab: "/lab"), files: mortal)
        if let seed = lineFaults {
            let percent = Dictionary(
                uniqueKeysWithValues: TransportFaults.Fault.allCases.map { ($0, 8) })
            transport = FaultyTransport(
                transport, faults: TransportFaults(seed: seed, percent: percent), clock: clock)
        }
        return ReplicationEngine(
            fabric: MortalFabric(fabric: fabric, life: life),
            ledger: MortalLedger(ledger: ledger, life: life), clock: clock, lab: "/lab",
            files: mortal, transport: ModelLine(inner: transport, fabric: fabric), workers: 1,
            order: mutation.order, mergeOrder: mutation.mergeOrder,
            policy: ReplicationPolicy(transfers: transfers),
            keys: KeyRing(["owner": hasKey ? Self.owner : nil]))
    }

    private var transfers: TransferPolicy {
        var policy = TransferPolicy()
        for source in ModelFabric.names {
            policy.pairs += ModelFabric.names.filter { $0 != source }
                .map { SitePairRule(from: source, to: $0, windows: windows) }
        }
        return policy
    }

    var states: [String: ProtectionState] { ledger.records.mapValues(\.state) }

    /// Where the machine of the name is production, under its newest epoch.
    func production(_ name: String) -> VirtualMachine? {
        fabric.state.withLock { state in
            state.held.values.map(\.machine).filter { $0.id.name == name && $0.role == .production }
                .max { ($0.epoch, $1.id) < ($1.epoch, $0.id) }
        }
    }

    /// Performs a step and checks the world; raises ``Broken`` when something is wrong with it.
    func perform(_ step: ModelStep) async throws {
        stepsDone += 1
        let life = Life(
            endsAt: step.death == nil ? .max : step.deathAt, diesAfter: step.death == .after,
            among: step.deathAmong)
        let before = Sight(self)
        askedAt = clock.now
        let key = "step \(stepsDone)"
        do {
            try await actAtOnce(step, engine(life), key, life)
            if ledger.records[step.name] == nil { ledger.noteDisabled() }
        } catch let broken as Broken {
            throw broken
        } catch {
            guard life.hasEnded else {
                try check(refusal: error, of: step, before)
                return try await check()
            }
            if step.death == .powerCut { files.restart(&generator) }
            if step.isAsked(.reprotect) { disturb(step.machine) }
            if step.number % 2 == 0 { try await askAgain(step, key) }
        }
        if life.hasEnded, step.death == .powerCut { files.restart(&generator) }
        if life.hasEnded, step.isAsked(.reprotect) { disturb(step.machine) }
        try await check()
    }

    private func askAgain(_ step: ModelStep, _ key: String) async throws {
        try await check()
        do {
            try await act(step, engine(Life(endsAt: .max, diesAfter: false)), key)
        } catch is Failure {
        } catch let broken as Broken {
            throw broken
        } catch { throw Broken(description: "no named failure: \(error)") }
    }

    func versionBytes(_ version: Int) -> [UInt8] {
        if let bytes = versions[version] { return bytes }
        let bytes = ReferenceModel.bytes(ofVersion: version)
        versions[version] = bytes
        return bytes
    }

    private func disturb(_ key: String) {
        if let record = ledger.records[key] { disturbed.insert(record.replica) }
    }
}
