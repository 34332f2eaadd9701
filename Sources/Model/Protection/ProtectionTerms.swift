// What was agreed when a protection was made, beyond where its disks go: which link of a chain it
// is, how much may be lost, when the first copy and a resync may begin, how long health looks back.

/// The place of a replication relationship in a machine's chain.
package enum Relationship: String, Sendable, Hashable, Codable, CaseIterable {
    /// From the production machine to its replica.
    case simple
    /// From the replica to a replica of its own.
    case extended
}

package struct ProtectionTerms: Sendable, Hashable, Codable {
    package var relationship: Relationship
    /// How much may be lost, in seconds; nil when nobody said. An interval is never longer.
    package var rpoSeconds: Int?
    /// What the way to the replica carries, in bytes a second; nil when nobody said.
    package var bandwidth: ByteCount?
    /// When the first copy may begin by itself; nil when a person begins it.
    package var firstCopyAt: Timestamp?
    /// Before this instant no resync begins by itself; nil when one begins as soon as it is due.
    package var resyncAt: Timestamp?
    /// When the first copy was written to external media; nil once it was imported, or when it goes
    /// over the network.
    package var exportedAt: Timestamp?
    /// How far back health looks, in seconds.
    package var monitoringSeconds: Int

    package init(relationship: Relationship = .simple) {
        self.relationship = relationship
        monitoringSeconds = Int(Limits.monitoringPeriod.components.seconds)
    }
}

extension Protection {
    /// Names one relationship: `web`, or `web:extended` for the one that goes on from its replica.
    /// A machine's name holds no colon, so that the two cannot be confused.
    package var key: String { Self.key(of: vm, terms.relationship) }

    package static func key(of vm: String, _ relationship: Relationship) -> String {
        relationship == .simple ? vm : "\(vm):\(relationship.rawValue)"
    }

    /// The machine's name in a key.
    package static func vm(ofKey key: String) -> String {
        String(key.prefix { $0 != ":" })
    }
}
