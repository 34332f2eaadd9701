// Watches machines for a while and says what protecting them would cost.
//
// A machine without protection has a change source that nobody uses: the planner cuts it at each
// look and acknowledges at once, so that blocks which change again are seen again. Its first copy,
// whenever that comes, is of everything. A protected machine's cuts belong to its cycles: there the
// planner adds up what they sent and what is pending.
import Fabric
import Model

package struct CapacityPlanner: Sendable {
    private let engine: ReplicationEngine

    package init(_ engine: ReplicationEngine) { self.engine = engine }

    /// Looks at the machines every `pause` for `duration`, by the engine's clock. Throws when
    /// cancelled, and what the fabric raises: a machine that is not there, a site that does not
    /// answer.
    package func watch(
        _ machines: [MachineID], for duration: Duration, every pause: Duration = .seconds(30)
    ) async throws -> [CapacityPlan] {
        guard pause > .zero, duration >= pause else {
            throw Failure(
                .usage,
                "machines cannot be watched for \(duration.text) with a look every \(pause.text)")
        }
        var watches: [WatchedMachine] = []
        for machine in machines { watches.append(try await WatchedMachine(machine, engine)) }
        let end = engine.clock.now + duration
        while engine.clock.now < end {
            try await engine.clock.sleep(until: min(end, engine.clock.now + pause))
            for index in watches.indices { try await watches[index].look() }
        }
        return try watches.map { try $0.plan() }
    }
}

/// One machine under watch.
private struct WatchedMachine {
    private let id: MachineID
    private let engine: ReplicationEngine
    private let startedAt: Timestamp
    private let diskBytes: Int64
    private var watch: ChurnWatch
    private var sample = CompressionSample()
    /// Set while the machine is protected.
    private var last: Totals?
    private var isExact = true

    /// What a protected machine's cycles came to.
    private struct Totals {
        var changed: Int64
        var pending: Int64
        var sent: Int64

        init(_ protection: Protection, pending: ByteCount) {
            changed = protection.statistics.bytesChanged
            sent = protection.statistics.bytesSent
            self.pending = pending.bytes
        }
    }

    init(_ id: MachineID, _ engine: ReplicationEngine) async throws {
        self.id = id
        self.engine = engine
        startedAt = engine.clock.now
        diskBytes = try await engine.fabric.machine(id).disks.filter { $0.kind == .image }
            .reduce(0) { $0 + $1.size.bytes }
        watch = ChurnWatch(blockBytes: 65_536, at: startedAt)
        let begun = try await begin()
        watch = ChurnWatch(blockBytes: begun, at: startedAt)
    }

    private mutating func begin() async throws -> Int {
        if let protection = try await protection() {
            last = Totals(protection, pending: try await pending())
            isExact = false
            return protection.blockBytes
        }
        return try await cut().blockBytes
    }

    mutating func look() async throws {
        let now = engine.clock.now
        guard let protection = try await protection() else {
            // The protection was removed meanwhile: what was pending belongs to nobody.
            if last != nil {
                _ = try await cut()
            } else {
                watch.look(try await cut().extents, at: now)
            }
            last = nil
            return
        }
        isExact = false
        let totals = Totals(protection, pending: try await pending())
        if let last {
            let changed = totals.changed - last.changed + totals.pending - last.pending
            watch.look(bytes: max(0, changed), at: now)
            sample.add(
                plain: totals.changed - last.changed, packed: totals.sent - last.sent)
        }
        last = totals
    }

    func plan() throws -> CapacityPlan {
        let now = engine.clock.now
        let conditions = ChurnWatch.Conditions(
            compression: sample.ratio, secondsPerByte: CompressionSample.secondsPerByte(),
            diskBytes: diskBytes, workers: engine.workers)
        return CapacityPlan(
            machine: id, watchedFrom: startedAt, watchedUntil: now, churn: ByteCount(watch.churn),
            compression: sample.ratio, isExact: isExact,
            choices: watch.choices(at: now, conditions))
    }

    private func protection() async throws -> Protection? {
        for relationship in Relationship.allCases {
            let key = Protection.key(of: id.name, relationship)
            let found = try await engine.protection(of: key)
            if let found, found.production == id { return found }
        }
        return nil
    }

    private func pending() async throws -> ByteCount {
        let source = try await engine.fabric.changeSource(of: id)
        return try await engine.blocking { try source.pendingBytes() }
    }

    /// What was written since the last look; the record begins anew.
    private mutating func cut() async throws -> (blockBytes: Int, extents: [[Range<BlockIndex>]]) {
        let (id, engine, sample) = (id, engine, sample)
        let seen = try await engine.taking(id.name) {
            let source = try await engine.fabric.changeSource(of: id)
            return try await engine.blocking {
                let cut = try source.cut(everything: false)
                var taken = sample
                if cut.coverage == .delta { try taken.add(cut) }
                try source.acknowledge(cut.token)
                let extents = cut.coverage == .delta ? cut.disks.map(\.extents) : []
                return (cut.blockBytes, extents, taken)
            }
        }
        self.sample = seen.2
        return (seen.0, seen.1)
    }
}
