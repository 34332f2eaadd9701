// What has changed at the primary since its replica was made. Replication carries disks
// only: such a change is listed, and a person re-protects.

package struct Drift: Sendable, Hashable, Codable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case processors, memory
        case cardAdded = "card-added"
        case cardRemoved = "card-removed"
        case cardChanged = "card-changed"
        case diskAdded = "disk-added"
        case diskRemoved = "disk-removed"
        case diskResized = "disk-resized"
    }

    package var kind: Kind
    /// The card or disk; empty when the machine itself is meant.
    package var subject: String
    package var primary: String
    package var replica: String

    package var description: String {
        let what = subject.isEmpty ? kind.rawValue : "\(kind.rawValue) \(subject)"
        return "\(what): \(primary) at the primary, \(replica) at the replica"
    }

    /// What differs between a protection's two machines, processors first and disks last.
    package static func list(
        _ protection: Protection, primary: VirtualMachine, replica: VirtualMachine
    ) -> [Drift] {
        var drifts: [Drift] = []
        if primary.processors != replica.processors {
            drifts.append(Drift(.processors, "", "\(primary.processors)", "\(replica.processors)"))
        }
        if primary.memory != replica.memory {
            drifts.append(Drift(.memory, "", "\(primary.memory)", "\(replica.memory)"))
        }
        return drifts + ofCards(primary, replica) + ofDisks(protection, primary)
    }

    private static func ofCards(
        _ primary: VirtualMachine, _ replica: VirtualMachine
    ) -> [Drift] {
        let here = primary.nics.compactMap { nic -> Drift? in
            guard let other = replica.nics.first(where: { $0.name == nic.name }) else {
                return Drift(.cardAdded, nic.name, nic.mac, "none")
            }
            return nic.mac == other.mac ? nil : Drift(.cardChanged, nic.name, nic.mac, other.mac)
        }
        let there = replica.nics.filter { nic in !primary.nics.contains { $0.name == nic.name } }
        return here + there.map { Drift(.cardRemoved, $0.name, "none", $0.mac) }
    }

    private static func ofDisks(_ protection: Protection, _ primary: VirtualMachine) -> [Drift] {
        let here = primary.disks.compactMap { disk -> Drift? in
            if protection.excludedDisks.contains(disk.name) { return nil }
            guard let known = protection.disks.first(where: { $0.name == disk.name }) else {
                return Drift(.diskAdded, disk.name, "\(disk.size)", "none")
            }
            return known.size == disk.size
                ? nil : Drift(.diskResized, disk.name, "\(disk.size)", "\(known.size)")
        }
        let there = protection.disks.filter { disk in
            !primary.disks.contains { $0.name == disk.name }
        }
        return here + there.map { Drift(.diskRemoved, $0.name, "none", "\($0.size)") }
    }

    private init(_ kind: Kind, _ subject: String, _ primary: String, _ replica: String) {
        self.kind = kind
        self.subject = subject
        self.primary = primary
        self.replica = replica
    }
}
