// What the life of a protection says of its health. State is now; health looks back.
//
//     critical   error · waiting-for-resync · resync-suspended
//     warning    suspended · first copy unfinished · resyncing
//                in the monitoring period: a fifth of the cycles missed or failed, or any failed
//                last success over an hour ago, or none
//     normal     otherwise
//
// So an error that was cleared leaves `replicating` at once, and a warning until the period has
// passed or the statistics are reset.

package enum ReplicationHealth: String, Sendable, Hashable, Codable, CaseIterable {
    case normal, warning, critical

    /// Judges a protection by its record.
    package init(of protection: Protection, now: Timestamp) {
        self.init(of: ProtectionSummary(protection), now: now)
    }

    package init(of protection: ProtectionSummary, now: Timestamp) {
        switch protection.state {
        case .error, .waitingForResync, .resyncSuspended: self = .critical
        case .suspended, .readyForInitialReplication, .initialReplication, .resyncing:
            self = .warning
        case .disabled, .replicating, .preparedForFailover, .failedOverWaitingCompletion,
            .failedOver, .failingOver, .failingBack:
            self = Self(ofCycles: protection, now: now)
        }
    }

    /// The next instant at which time alone may change the health of `protection`; nil: never.
    package static func nextChange(
        of protection: ProtectionSummary, after now: Timestamp
    ) -> Timestamp? {
        let period = Duration.seconds(protection.monitoringSeconds)
        let hour: Int64 = 3_600_000_000
        let startHour = (now.microseconds - period.microseconds).dividedDown(by: hour)
        let changes = [
            protection.lastSuccessAt.map { $0 + .seconds(3600) + .microseconds(1) },
            protection.lastErrorAt.map { $0 + period },
            protection.history.map { _ in Timestamp(microseconds: (startHour + 1) * hour) + period
            },
        ]
        return changes.compactMap { $0 }.filter { $0 > now }.min()
    }

    private init(ofCycles protection: ProtectionSummary, now: Timestamp) {
        let start = now + .seconds(-protection.monitoringSeconds)
        let counts = protection.history?.counts(since: start) ?? CycleHistory.Counts()
        let isLate = protection.lastSuccessAt.map { now - $0 > .seconds(3600) } ?? true
        let hasMissed = (counts.missed + counts.errors) * 5 >= max(1, counts.all)
        let hasFailed = protection.lastErrorAt.map { $0 > start } ?? false
        self = isLate || hasMissed || hasFailed ? .warning : .normal
    }
}
