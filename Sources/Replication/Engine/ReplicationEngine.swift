// The room's door: every operation on a protection. One operation at a time per machine; different
// machines go on together. Each verb takes an operation key: a verb that was done under that key
// returns what it returned then, and one that died in its middle is finished by asking again.
import Fabric
import Model

package final class ReplicationEngine: Sendable {
    let fabric: any FabricProvider
    let ledger: any ProtectionLedger
    let files: any FileSystem
    let transport: any Transport
    let clock: any WallClock
    let layout: LabLayout
    let turns = MachineTurns()
    let policy: ReplicationPolicy
    let bounds: TransferBounds
    let keys: KeyRing
    let transfers = StandingTransfers()
    let watchers = ProtectionWatchers()
    let workers: Int
    /// The order in which a log is applied; tests plant wrong ones.
    let order: [ApplyStep]
    /// The order in which undo logs are merged; tests plant wrong ones.
    let mergeOrder: [MergeStep]
    let quiesceLimit: Duration

    /// `lab` is the lab folder: each site keeps its part under `sites/SITE/replication/VM/`.
    package convenience init(
        fabric: any FabricProvider, ledger: any ProtectionLedger, clock: any WallClock,
        lab: String, files: any FileSystem = HostFiles(), transport: (any Transport)? = nil,
        policy: ReplicationPolicy = ReplicationPolicy(), keys: KeyRing = KeyRing()
    ) {
        self.init(
            fabric: fabric, ledger: ledger, clock: clock, lab: lab, files: files,
            transport: transport, workers: Workers.count, order: ApplyStep.order, policy: policy,
            keys: keys)
    }

    init(
        fabric: any FabricProvider, ledger: any ProtectionLedger, clock: any WallClock,
        lab: String, files: any FileSystem, transport: (any Transport)?, workers: Int,
        order: [ApplyStep], mergeOrder: [MergeStep] = MergeStep.order,
        quiesceLimit: Duration = Limits.quiesceLimit,
        policy: ReplicationPolicy = ReplicationPolicy(), keys: KeyRing = KeyRing()
    ) {
        self.fabric = fabric
        self.ledger = WatchedLedger(ledger, watchers)
        self.files = files
        self.clock = clock
        self.layout = LabLayout(lab: lab)
        self.workers = workers
        self.order = order
        self.mergeOrder = mergeOrder
        self.quiesceLimit = quiesceLimit
        self.policy = policy
        self.keys = keys
        self.bounds = TransferBounds(policy.transfers)
        self.transport = transport ?? LocalTransport(layout: layout, files: files)
    }

    // Looking

    /// A glance at all protections, in the order of their keys. Costs no more than a few
    /// microseconds each.
    package func summaries() async throws -> [ProtectionSummary] { try await ledger.summaries() }

    /// The protection of a machine; nil when it has none.
    package func protection(of vm: String) async throws -> Protection? {
        try await ledger.protection(of: vm)
    }

    /// `disabled` when the machine has no protection.
    package func state(of vm: String) async throws -> ProtectionState {
        try await protection(of: vm)?.state ?? .disabled
    }

    /// Was it done? The record of an operation, nil when it was not done.
    package func operation(_ key: String, of vm: String) async throws -> OperationRecord? {
        try await protection(of: vm)?.operation(key)
    }
}
