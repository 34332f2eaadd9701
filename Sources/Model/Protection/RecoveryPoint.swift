// A point in time to which a machine can be brought.

package struct RecoveryPoint: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case standard
        case appConsistent = "app-consistent"
    }

    /// Counts the points of one generation from 1; 0 is the state in which the roles changed.
    package var sequence: Int
    /// Rises at every change of roles; points of an older generation cannot be chosen.
    package var generation: Int
    package var kind: Kind
    /// The instant of the cut.
    package var cutAt: Timestamp

    /// The cut of several machines at once that this point is a part of.
    package var group: GroupInstant?
    /// Why the point is not of the kind that was wanted.
    package var warning: String?
    /// The root of each disk's hash tree, in the order of the protected disks; empty when nothing
    /// is known of what the disks held (F-10).
    package var roots: [String]

    package init(
        sequence: Int, generation: Int, kind: Kind, cutAt: Timestamp, group: GroupInstant? = nil,
        warning: String? = nil, roots: [String] = []
    ) {
        self.sequence = sequence
        self.generation = generation
        self.kind = kind
        self.cutAt = cutAt
        self.group = group
        self.warning = warning
        self.roots = roots
    }
}

/// The instant at which all machines of a consistency group were cut; unique within the group.
package struct GroupInstant: Sendable, Hashable, Codable, Comparable {
    /// The group's name.
    package var group: String
    package var cutAt: Timestamp
    /// `app-consistent` when all members were at rest; the same at every member.
    package var kind: RecoveryPoint.Kind

    package init(group: String, cutAt: Timestamp, kind: RecoveryPoint.Kind = .standard) {
        self.group = group
        self.cutAt = cutAt
        self.kind = kind
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.cutAt, left.group) < (right.cutAt, right.group)
    }
}

/// A point that every member of a consistency group has: all of them at one instant.
package struct CommonPoint: Sendable, Hashable, Codable {
    package var instant: GroupInstant
    /// Each member's point, by the machine's name: what a failover of the member is asked for.
    package var points: [String: RecoveryPoint]

    package init(instant: GroupInstant, points: [String: RecoveryPoint]) {
        self.instant = instant
        self.points = points
    }
}
