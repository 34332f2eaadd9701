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
        let chosen = try RecoveryPointChain.point(point, of: try await required(vm))
        return clock.now - chosen.cutAt
    }

    package func measure(_ vm: String) async throws -> ReplicationMeasure {
        let protection = try await required(vm)
        let statistics = protection.statistics
        let count = Int64(max(1, statistics.succeeded))
        return ReplicationMeasure(
            state: protection.state, health: ReplicationHealth(of: protection, now: clock.now),
            lastSuccessAt: statistics.lastSuccessAt, lastError: statistics.lastError,
            pending: try await pendingBytes(protection),
            averageSize: ByteCount(statistics.bytesSent / count),
            maximumSize: ByteCount(statistics.bytesSentMax),
            averageLatencyMicroseconds: statistics.microsecondsSpent / count,
            maximumLatencyMicroseconds: statistics.microsecondsSpentMax,
            succeeded: statistics.succeeded, missed: statistics.missed, errors: statistics.errors)
    }

    private func pendingBytes(_ protection: Protection) async throws -> ByteCount? {
        guard try await machine(ifAnswering: protection.primary) != nil else { return nil }
        let source = try await fabric.changeSource(of: protection.primary)
        return try await blocking { try source.pendingBytes() }
    }
}
