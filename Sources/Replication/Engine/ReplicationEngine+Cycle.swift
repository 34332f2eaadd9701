// The way of the bytes: cut → log → deliver → apply → ledger → acknowledge. A death anywhere leaves
// either an open cut, whose blocks the source merges into the next, or a log that is applied first
// next time.
import Fabric
import Model

extension ReplicationEngine {
    /// Sends everything allocated; the protection is `replicating` afterwards. On a replica that
    /// holds something already only the differing blocks travel.
    package func firstCopy(_ vm: String, operation: String? = nil) async throws -> RecoveryPoint {
        try await performCycle(vm, operation) { protection in
            var protection = protection
            if protection.state != .initialReplication {
                protection = try await save(protection, after: .firstCopyStarted)
            }
            protection = try await forgetExport(protection)
            protection = try await settle(protection)
            // A copy that died when its log had arrived has just been finished.
            if protection.state == .replicating {
                return try await save(
                    protection, after: nil, verb: "firstCopy", operation: operation)
            }
            let request = CycleRequest(everything: true, verb: "firstCopy", operation: operation)
            if protection.state == .waitingForResync {
                return try await resync(protection, request)
            }
            return try await cycle(protection, request)
        }
    }

    /// One cycle. In `waiting-for-resync` it is a resync, which sends the blocks that differ.
    /// Returns the point the replica holds afterwards.
    ///
    /// A failure leaves the protection in `error` (or `waiting-for-resync`) with nothing lost.
    package func sync(
        _ vm: String, kind: RecoveryPoint.Kind = .standard, operation: String? = nil
    ) async throws -> RecoveryPoint {
        try await performCycle(vm, operation) { protection in
            var request = CycleRequest(everything: false, verb: "sync", operation: operation)
            request.kind = kind
            return try await sync(protection, request)
        }
    }

    /// Compares all blocks and sends those that differ; the recovery points are kept.
    package func resync(_ vm: String, operation: String? = nil) async throws -> RecoveryPoint {
        try await performCycle(vm, operation, resyncs: true) { protection in
            var protection = protection
            if ![.waitingForResync, .resyncing].contains(protection.state) {
                // A delta that is under way still is applied, and does not pass for it.
                protection.isSentOutdated = true
                protection = try await save(protection, after: .resyncRequired)
            }
            return try await sync(
                protection, CycleRequest(everything: true, verb: "resync", operation: operation))
        }
    }

    private func performCycle(
        _ vm: String, _ operation: String?, resyncs: Bool = false,
        _ body: (Protection) async throws -> Protection
    ) async throws -> RecoveryPoint {
        while true {
            try await waitForWindow(vm, operation, resyncs: resyncs)
            let done: RecoveryPoint? = try await perform(
                vm, operation, done: { try $0.point(of: $1) }
            ) { protection in
                // Who had the turn before may have made a cycle of what was no cycle's then.
                if opening(of: protection, resyncs: resyncs) != nil { return nil }
                try await requireWholeUpstream(protection)
                return try await stoppable(vm) {
                    try await noting(vm) { try await body(protection) }
                }.latestPoint()
            }
            if let done { return done }
        }
    }

    func sync(_ protection: Protection, _ request: CycleRequest) async throws -> Protection {
        if [.waitingForResync, .resyncing].contains(protection.state) {
            return try await resync(protection, request)
        }
        if [.suspended, .resyncSuspended].contains(protection.state) {
            var missing = protection
            missing.statistics.miss(1, now: clock.now)
            try await ledger.save(missing)
        }
        _ = try protection.state.after(.cycleSucceeded)
        return try await cycle(try await settle(protection), request)
    }

    /// Raises `replication.resync_deferred` before the time that was set for it, unless a person
    /// asks for the resync itself.
    func resync(
        _ protection: Protection, _ request: CycleRequest
    ) async throws -> Protection {
        var protection = protection
        try checkResyncTime(protection, request)
        if protection.state != .resyncing {
            protection = try await save(protection, after: .resyncStarted)
        }
        protection = try await settle(protection)
        if protection.state == .replicating {
            return try await save(
                protection, after: nil, verb: request.verb, operation: request.operation)
        }
        // What had arrived was applied, and does not pass for the comparison.
        if protection.state == .waitingForResync {
            protection = try await save(protection, after: .resyncStarted)
        }
        var request = request
        request.everything = true
        return try await cycle(protection, request)
    }
}

/// What one cycle is to do.
struct CycleRequest: Sendable {
    var everything: Bool
    var kind = RecoveryPoint.Kind.standard
    var verb: String
    var operation: String?

    init(everything: Bool, verb: String, operation: String?) {
        self.everything = everything
        self.verb = verb
        self.operation = operation
    }
}

extension Protection {
    func latestPoint() throws(Failure) -> RecoveryPoint {
        try RecoveryPointChain.point(nil, of: self)
    }

    /// The point an operation came to; the latest when it has given way since.
    func point(of record: OperationRecord) throws(Failure) -> RecoveryPoint {
        if let point = points.first(where: { $0.sequence == record.point }) { return point }
        return try latestPoint()
    }
}
