// What crosses from site to site, and when it may: slots over the whole engine, bandwidth and
// windows by pair of sites.
import Fabric
import Model

/// What bounds the transfers of one engine.
struct TransferBounds: Sendable {
    let slots: TransferSlots
    private let policy: TransferPolicy
    private let bandwidths: [SitePairRule: Bandwidth]

    init(_ policy: TransferPolicy) {
        self.policy = policy
        slots = TransferSlots(policy.transfersMax)
        let limited = policy.pairs.compactMap { rule in
            rule.bytesPerSecond.map { (rule, Bandwidth(bytesPerSecond: $0.bytes)) }
        }
        bandwidths = Dictionary(limited) { first, _ in first }
    }

    func bandwidth(from source: String, to target: String) -> Bandwidth? {
        policy.rule(from: source, to: target).flatMap { bandwidths[$0] }
    }

    func opening(from source: String, to target: String, now: Timestamp) -> Timestamp {
        policy.rule(from: source, to: target)?.opening(from: now) ?? now
    }
}

extension ReplicationEngine {
    /// Brings a log of the outbox to the replica's inbox; it is durable there when this returns.
    func deliver(_ name: LogName, _ protection: Protection) async throws {
        let path = layout.folder(of: protection, at: protection.primary.site).sentLog(name)
        let (source, target) = (protection.primary.site, protection.replica.site)
        guard let stamp = try await blocking({ [files] in try files.stamp(path) }) else { return }
        let shipment = Shipment(
            vm: protection.key, name: name, source: source, target: target,
            place: protection.agreement.places[target], bytes: stamp.size)
        let delivery = Delivery(
            transport: transport, files: files, clock: clock, slots: bounds.slots,
            bandwidth: bounds.bandwidth(from: source, to: target))
        try await delivery.deliver(path, shipment)
    }

    /// Whether a first copy may go straight onto the replica's images. What is to be counted may
    /// not.
    func reachesImages(of protection: Protection) -> Bool {
        transport.reachesImages
            && bounds.bandwidth(
                from: protection.primary.site, to: protection.replica.site) == nil
    }

    /// Returns when a cycle of the machine may begin: outside the windows of its pair of sites it
    /// waits. Before the machine's turn, so that a failover never waits for a window; and only for
    /// what a cycle would be made of, so that the rest is refused at once.
    func waitForWindow(_ vm: String, _ operation: String?, resyncs: Bool) async throws {
        guard let protection = try await ledger.protection(of: vm),
            operation.flatMap(protection.operation) == nil,
            let opening = opening(of: protection, resyncs: resyncs)
        else { return }
        try await clock.sleep(until: opening)
    }

    /// When the window opens for which a cycle has to wait; nil when it may begin now, and when it
    /// is refused in any case.
    func opening(of protection: Protection, resyncs: Bool) -> Timestamp? {
        // A person's resync ends a suspension; a cycle does not.
        guard protection.state.mayCycle || (resyncs && protection.state == .suspended) else {
            return nil
        }
        let now = clock.now
        let opening = bounds.opening(
            from: protection.primary.site, to: protection.replica.site, now: now)
        return opening > now ? opening : nil
    }
}

extension ProtectionState {
    fileprivate var mayCycle: Bool {
        switch self {
        case .readyForInitialReplication, .initialReplication, .replicating, .error,
            .waitingForResync, .resyncing:
            true
        case .disabled, .preparedForFailover, .failedOverWaitingCompletion, .failedOver,
            .suspended, .resyncSuspended, .failingOver, .failingBack:
            false
        }
    }
}
