// The record of one protection: who, from where to where, how often, in which state, and what an
// operation in progress needs to be finished after a death. Saved whole, in one durable step.

/// The replication relationship of one machine.
package struct Protection: Sendable, Hashable, Codable {
    /// The machine's name, the same at both sites.
    package var vm: String
    package var primary: MachineID
    package var replica: MachineID
    package var state: ProtectionState

    package var interval: ReplicationInterval
    package var isCompressed: Bool
    /// How many recovery points are kept, the latest included: 1 to 24.
    package var pointsKept: Int
    /// The disks that are replicated, with their sizes at both sides.
    package var disks: [ProtectedDisk]
    /// Disks of the primary that were left out on purpose.
    package var excludedDisks: [String]

    /// The unit of replication; the change source's, known from the first cut on.
    package var blockBytes: Int
    /// Rises at every change of roles; logs and points of an older generation are worthless.
    package var generation: Int
    /// The newest log of this generation that was written at the primary, applied or not.
    package var sentSequence: Int
    /// The newest log of this generation that the replica's disks hold.
    package var appliedSequence: Int
    /// The hash of the log of `appliedSequence`, which the next one must name; empty before the
    /// first.
    package var latestLogHash: String
    /// The fencing epoch under which the production side may run (F-6).
    package var epoch: Int
    /// Oldest first; the last is what the replica's disks hold.
    package var points: [RecoveryPoint]
    /// The replica's images as replication left them; a difference means somebody else wrote.
    package var replicaStamps: [ImageStamp]
    /// A proof found disks that are not what replication brought: the next comparison reads them
    /// instead of believing what is known of them.
    package var isReplicaDoubted = false
    /// What was sent and not applied yet does not end a first copy or a resync any more: the disks
    /// it came from have changed since in a way that no delta tells.
    package var isSentOutdated = false
    /// The primary's images when all was sent and it could not be started any more; else empty.
    package var primaryStamps: [ImageStamp]

    /// What the two sites have agreed on.
    package var agreement: ProtectionAgreement
    package var terms: ProtectionTerms
    package var statistics: ReplicationStatistics
    package var service = ServiceRecord()
    /// When points are to be application-consistent.
    package var consistency = ApplicationConsistency()
    /// The consistency group whose machines are cut at one instant with this one.
    package var group: String?
    /// What a failover begun, or not completed yet, needs.
    package var failover: FailoverRecord?
    /// The temporary machine of a test failover.
    package var test: TestFailoverRecord?
    /// The networks of the primary's cards as they were last seen, by the names of the cards.
    package var networks: [String: String]?
    /// The site at which the machine was protected: coming back there it has its own addresses.
    package var home: String?
    /// The newest operations, oldest first: answers "was it done?".
    package var operations: [OperationRecord]

    package init(
        vm: String, primary: MachineID, replica: MachineID, interval: ReplicationInterval,
        isCompressed: Bool, pointsKept: Int, disks: [ProtectedDisk], excludedDisks: [String],
        epoch: Int
    ) {
        self.vm = vm
        self.primary = primary
        self.replica = replica
        self.state = .disabled
        self.interval = interval
        self.isCompressed = isCompressed
        self.pointsKept = pointsKept
        self.disks = disks
        self.excludedDisks = excludedDisks
        self.blockBytes = 65_536
        self.generation = 1
        self.sentSequence = 0
        self.appliedSequence = 0
        self.latestLogHash = ""
        self.epoch = epoch
        self.points = []
        self.replicaStamps = []
        self.primaryStamps = []
        self.agreement = ProtectionAgreement()
        self.terms = ProtectionTerms()
        self.statistics = ReplicationStatistics()
        self.operations = []
    }

    /// The machine that is somebody's service: the replica once it was failed over and not
    /// reversed.
    package var production: MachineID {
        state.isFailedOver ? replica : primary
    }

    /// The recorded outcome of an operation; nil when it was not done, or too long ago.
    package func operation(_ key: String) -> OperationRecord? {
        operations.last { $0.key == key }
    }

    /// Notes that `verb` was done under `key`; the oldest note gives way.
    package mutating func note(_ verb: String, key: String?, point: Int? = nil) {
        guard let key else { return }
        operations.removeAll { $0.key == key }
        operations.append(OperationRecord(key: key, verb: verb, point: point))
        operations.removeFirst(max(0, operations.count - Limits.operationsKept))
    }
}

/// A disk under protection.
package struct ProtectedDisk: Sendable, Hashable, Codable {
    package var name: String
    package var size: ByteCount

    package init(name: String, size: ByteCount) {
        self.name = name
        self.size = size
    }
}

/// What the file system says of an image; a write by anybody changes it.
package struct ImageStamp: Sendable, Hashable, Codable {
    package var size: Int64
    package var modifiedNanoseconds: Int64

    package init(size: Int64, modifiedNanoseconds: Int64) {
        self.size = size
        self.modifiedNanoseconds = modifiedNanoseconds
    }
}

/// A failover that has begun.
package struct FailoverRecord: Sendable, Hashable, Codable {
    package var kind: FailoverKind
    /// The sequence of the chosen point.
    package var point: Int
    /// The epoch the replica takes.
    package var epoch: Int
    package var begunAt: Timestamp
    /// Why it was done though the primary answered.
    package var reason: String?
    /// The old primary was turned off and told that it is a replica now; else only the epoch keeps
    /// it from being started.
    package var isPrimaryFenced: Bool
    /// What proved the content of the disks; nil before it is known.
    package var proof: ContentProof?
    /// The point at which the replica is production already, while another one is being chosen.
    package var standing: Int?
    /// What was chosen at first, when the way there was found damaged; `point` is then where the
    /// disks are brought instead.
    package var missed: MissedPoint?

    package init(
        kind: FailoverKind, point: Int, epoch: Int, reason: String?, at begunAt: Timestamp
    ) {
        self.begunAt = begunAt
        self.kind = kind
        self.point = point
        self.epoch = epoch
        self.reason = reason
        self.isPrimaryFenced = false
    }
}

/// A point that a failover could not be brought to.
package struct MissedPoint: Sendable, Hashable, Codable {
    package var sequence: Int
    /// What was found on the way, as a sentence.
    package var damage: String

    package init(sequence: Int, damage: String) {
        self.sequence = sequence
        self.damage = damage
    }
}

/// The temporary machine of a test failover.
package struct TestFailoverRecord: Sendable, Hashable, Codable {
    package var machine: MachineID
    package var point: Int
    /// The disks are filled and the machine may be started.
    package var isReady: Bool
    /// When the test is over at the latest; nil when somebody has to end it.
    package var endsAt: Timestamp?
    package var proof: ContentProof?

    package init(machine: MachineID, point: Int, endsAt: Timestamp? = nil) {
        self.machine = machine
        self.point = point
        self.isReady = false
        self.endsAt = endsAt
    }

    /// Nobody can be using the machine: it was not finished, or its time is up.
    package func isAbandoned(at now: Timestamp) -> Bool {
        !isReady || endsAt.map { $0 <= now } ?? false
    }
}

/// An operation that was done, kept in the same step as its effect on the record.
package struct OperationRecord: Sendable, Hashable, Codable {
    package var key: String
    package var verb: String
    /// The sequence of the point it made or used.
    package var point: Int?

    package init(key: String, verb: String, point: Int?) {
        self.key = key
        self.verb = verb
        self.point = point
    }
}
