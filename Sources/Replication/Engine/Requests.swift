// What is asked of the engine, and what it measures.
import Model

/// How a machine is to be protected.
package struct ProtectionOptions: Sendable, Hashable {
    /// The site that receives the replica.
    package var target: String
    /// The host at the target, or a cluster by its name or access name; the site's first in
    /// service when nil.
    package var host: String?
    package var interval: ReplicationInterval
    package var isCompressed: Bool
    /// Recovery points to keep, the latest included: 1 to 24.
    package var pointsKept: Int
    /// The disks to replicate; all when nil. The rest is listed as excluded.
    package var disks: [String]?
    /// The owner's key, by its name, under which logs and replica are encrypted at rest; not when
    /// nil.
    package var ownerKey: String?
    /// Hours from one application-consistent point to the next: 0 (never) to 24.
    package var consistentEveryHours: Int
    package var terms: ProtectionTerms
    /// The turned-off machine of the same name at the target becomes the replica, whatever it was:
    /// its disks are compared, and only differences travel.
    package var takesExisting: Bool

    package init(
        target: String, host: String? = nil, interval: ReplicationInterval = .fiveMinutes,
        isCompressed: Bool = true, pointsKept: Int = 1, disks: [String]? = nil,
        consistentEveryHours: Int = ApplicationConsistency.everyHoursDefault,
        ownerKey: String? = nil, terms: ProtectionTerms = ProtectionTerms(),
        takesExisting: Bool = false
    ) {
        self.target = target
        self.host = host
        self.interval = interval
        self.isCompressed = isCompressed
        self.pointsKept = pointsKept
        self.disks = disks
        self.ownerKey = ownerKey
        self.consistentEveryHours = consistentEveryHours
        self.terms = terms
        self.takesExisting = takesExisting
    }
}

/// Which failover: `planned` and `failback` need a prepared machine and take the latest point.
package struct FailoverRequest: Sendable, Hashable {
    package var kind: FailoverKind
    /// The sequence of a kept point; the latest when nil.
    package var point: Int?
    /// Demanded for an unplanned failover while the primary answers; recorded.
    package var reason: String?
    /// Whether the content of the disks is proven before anything is changed (F-10).
    package var proof: ProofPolicy

    package init(
        _ kind: FailoverKind, point: Int? = nil, reason: String? = nil,
        proof: ProofPolicy = .required
    ) {
        self.kind = kind
        self.point = point
        self.reason = reason
        self.proof = proof
    }
}

/// What `measure` reports.
package struct ReplicationMeasure: Sendable, Hashable, Codable {
    package var relationship: Relationship
    package var state: ProtectionState
    package var health: ReplicationHealth
    package var lastSuccessAt: Timestamp?
    package var lastError: String?
    /// Bytes the next cycle would send before compression; nil when the primary does not answer.
    package var pending: ByteCount?
    package var averageSize: ByteCount
    package var maximumSize: ByteCount
    package var averageLatencyMicroseconds: Int64
    package var maximumLatencyMicroseconds: Int64
    package var succeeded: Int
    package var missed: Int
    package var errors: Int
    /// What should be looked at, as sentences.
    package var warnings: [String]
}
