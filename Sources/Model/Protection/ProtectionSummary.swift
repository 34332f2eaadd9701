// A protection at a glance: what a list of all of them shows, what health is judged by, and what
// the schedule of cycles goes by. No disks, no points, no operations: it is read of thousands at
// once, from columns of its own, and must stay a few words long. It holds nothing that is not in
// the record.

package struct ProtectionSummary: Sendable, Hashable {
    /// The machine's name, the same at both sites.
    package var vm: String
    package var primarySite: String
    package var replicaSite: String
    package var relationship: Relationship
    package var state: ProtectionState
    package var interval: ReplicationInterval
    /// The consistency group.
    package var group: String?
    /// The instant of the newest recovery point; nil when there is none.
    package var latestCutAt: Timestamp?

    package var succeeded: Int
    package var errors: Int
    package var failuresInRow: Int
    package var bytesChanged: Int64
    package var lastCutAt: Timestamp?
    package var lastSuccessAt: Timestamp?
    package var lastError: String?
    package var lastErrorAt: Timestamp?
    package var monitoringSeconds: Int
    /// How cycles ended of late; nil when none was missed or failed, for then health does not ask.
    package var history: CycleHistory?

    package var firstCopyAt: Timestamp?
    package var resyncAt: Timestamp?
    package var exportedAt: Timestamp?

    /// What a list that is yet to be read begins with.
    package init(
        vm: String, primarySite: String, replicaSite: String, relationship: Relationship,
        state: ProtectionState, interval: ReplicationInterval
    ) {
        self.vm = vm
        self.primarySite = primarySite
        self.replicaSite = replicaSite
        self.relationship = relationship
        self.state = state
        self.interval = interval
        succeeded = 0
        errors = 0
        failuresInRow = 0
        bytesChanged = 0
        monitoringSeconds = Int(Limits.monitoringPeriod.components.seconds)
    }

    package init(_ protection: Protection) {
        self.init(
            vm: protection.vm, primarySite: protection.primary.site,
            replicaSite: protection.replica.site, relationship: protection.terms.relationship,
            state: protection.state, interval: protection.interval)
        group = protection.group
        latestCutAt = protection.points.last?.cutAt
        take(protection.statistics)
        take(protection.terms)
    }

    private mutating func take(_ statistics: ReplicationStatistics) {
        succeeded = statistics.succeeded
        errors = statistics.errors
        failuresInRow = statistics.failuresInRow
        bytesChanged = statistics.bytesChanged
        lastCutAt = statistics.lastCutAt
        lastSuccessAt = statistics.lastSuccessAt
        lastError = statistics.lastError
        lastErrorAt = statistics.lastErrorAt
        history = statistics.history.isFlawless ? nil : statistics.history
    }

    private mutating func take(_ terms: ProtectionTerms) {
        monitoringSeconds = terms.monitoringSeconds
        firstCopyAt = terms.firstCopyAt
        resyncAt = terms.resyncAt
        exportedAt = terms.exportedAt
    }
}

extension ProtectionSummary {
    package var key: String { Protection.key(of: vm, relationship) }
    package var primary: MachineID { MachineID(site: primarySite, name: vm) }
    package var replica: MachineID { MachineID(site: replicaSite, name: vm) }

    /// The machine that is somebody's service.
    package var production: MachineID { state.isFailedOver ? replica : primary }
}
