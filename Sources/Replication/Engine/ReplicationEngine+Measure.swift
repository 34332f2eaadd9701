// What can be asked of a protection without changing it.
import Fabric
import Model

extension ReplicationEngine {
    /// The points that can be chosen, oldest first.
    package func points(of vm: String) async throws -> [RecoveryPoint] {
        try await required(vm).points
    }

    /// What would be lost by an unplanned failover now: the time since the chosen point's cut
    /// (F-3).
    package func lossWindow(of vm: String, point: Int? = nil) async throws -> Duration {
        try lossWindow(of: try await required(vm), point: point)
    }

    /// The same of a protection at hand.
    package func lossWindow(of protection: Protection, point: Int? = nil) throws -> Duration {
        let chosen = try RecoveryPointChain.point(point, of: protection)
        return clock.now - chosen.cutAt
    }

    package func measure(_ vm: String) async throws -> ReplicationMeasure {
        let protection = try await required(vm)
        let statistics = protection.statistics
        let count = Int64(max(1, statistics.succeeded))
        return ReplicationMeasure(
            relationship: protection.terms.relationship, state: protection.state,
            health: ReplicationHealth(of: protection, now: clock.now),
            lastSuccessAt: statistics.lastSuccessAt, lastError: statistics.lastError,
            pending: try await pending(of: ProtectionSummary(protection)).bytes,
            averageSize: ByteCount(statistics.bytesSent / count),
            maximumSize: ByteCount(statistics.bytesSentMax),
            averageLatencyMicroseconds: statistics.microsecondsSpent / count,
            maximumLatencyMicroseconds: statistics.microsecondsSpentMax,
            succeeded: statistics.succeeded, missed: statistics.missed, errors: statistics.errors,
            warnings: protection.warnings)
    }

    /// Counts anew; the period that health looks back over begins now.
    @discardableResult
    package func resetStatistics(
        of vm: String, operation: String? = nil
    ) async throws -> Protection {
        try await perform(vm, operation) { protection in
            var counted = protection
            counted.statistics.reset(now: clock.now)
            return try await save(
                counted, after: nil, verb: "resetStatistics", operation: operation)
        }
    }

    /// What is pending of each. Learning it opens a protection's disks, and that of thousands would
    /// keep whoever looks waiting for minutes: of more than ``Limits/pendingReadMax`` it is left
    /// unread.
    package func pending(of protections: [ProtectionSummary]) async throws -> [PendingBytes] {
        guard protections.count <= Limits.pendingReadMax else {
            return protections.map { _ in .unread }
        }
        var pending: [PendingBytes] = []
        for protection in protections { pending.append(try await self.pending(of: protection)) }
        return pending
    }

    private func pending(of protection: ProtectionSummary) async throws -> PendingBytes {
        do {
            let source = try await changeSource(of: protection)
            return .known(try await blocking { try source.pendingBytes() })
        } catch let failure as Failure where failure.code == .siteUnreachable {
            return .unreachable
        }
    }

    private func changeSource(
        of protection: ProtectionSummary
    ) async throws -> any ChangeSource {
        switch protection.relationship {
        case .simple: try await fabric.changeSource(of: protection.primary)
        case .extended: try await changeSource(of: required(protection.key))
        }
    }
}

/// What a cycle that was cut now would have to send.
package enum PendingBytes: Sendable, Hashable {
    case known(ByteCount)
    /// The primary's site does not answer.
    case unreachable
    /// It was not looked at: too many were asked for.
    case unread

    package var bytes: ByteCount? { if case .known(let bytes) = self { bytes } else { nil } }
}

extension Protection {
    /// what changes in an interval must be able to cross in one.
    fileprivate var warnings: [String] {
        guard let bandwidth = terms.bandwidth, statistics.succeeded > 0 else { return [] }
        let average = Double(statistics.bytesSent) / Double(statistics.succeeded)
        let churn = ByteCount(Int64(average / interval.pace.seconds))
        guard churn > bandwidth else { return [] }
        return [
            "changes of \(vm) come to \(churn) a second, and the way to \(replica.site) carries "
                + "\(bandwidth); the replica falls behind"
        ]
    }
}
