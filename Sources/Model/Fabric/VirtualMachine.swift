// A virtual machine as one site knows it. The primary and its replica are two machines of one name
// at two sites; which of them is which is the business of protection, not of the fabric.

/// Names a machine: `oslo/sql01`.
package struct MachineID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    package var site: String
    package var name: String

    package init(site: String, name: String) {
        self.site = site
        self.name = name
    }

    package var description: String { "\(site)/\(name)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.site, left.name) < (right.site, right.name)
    }
}

package enum PowerState: String, Sendable, Hashable, Codable {
    case off, running
}

/// What a machine is there for. Only a `production` machine is somebody's service.
package enum MachineRole: String, Sendable, Hashable, Codable {
    case production
    /// Turned off, its disks written by replication; becomes production by a failover.
    case replica
    /// The temporary machine of a test failover, on an isolated network.
    case test
}

package struct VirtualMachine: Sendable, Hashable, Codable {
    package var id: MachineID
    package var host: String
    package var processors: Int
    package var memory: ByteCount
    package var disks: [Disk]
    package var nics: [NetworkCard]
    package var power: PowerState
    package var role: MachineRole
    /// The epoch under which this machine may run: a failover raises it at one site, and the fabric
    /// refuses to power on a machine whose epoch another site has outgrown (F-6).
    package var epoch: Int
    package var tags: [String]
    /// The subscription whose machine it is; nil when it belongs to the house.
    package var subscription: String?
    /// The wish of its template that it be protected; gone when a protection of it has been ended.
    package var recovery: RecoveryTerms?
    /// The operation that made it from a template; nil when it came otherwise.
    package var deployedBy: String?
    /// What it is without the overrides of a recovery plan; nil when it has none.
    package var original: MachineShape?

    package init(
        id: MachineID, host: String, processors: Int = 1, memory: ByteCount = ByteCount(1 << 30),
        disks: [Disk] = [], nics: [NetworkCard] = [], power: PowerState = .off,
        role: MachineRole = .production, epoch: Int = 0, tags: [String] = [],
        subscription: String? = nil
    ) {
        self.id = id
        self.host = host
        self.processors = processors
        self.memory = memory
        self.disks = disks
        self.nics = nics
        self.power = power
        self.role = role
        self.epoch = epoch
        self.tags = tags
        self.subscription = subscription
    }
}

/// A disk of a machine.
package struct Disk: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable {
        /// An image file of the host; the only kind that can be replicated.
        case image
        case passThrough = "pass-through"
        case shared
    }

    /// `disk0`, `disk1`, …: stable for the machine's life.
    package var name: String
    package var kind: Kind
    package var size: ByteCount

    package init(name: String, kind: Kind = .image, size: ByteCount) {
        self.name = name
        self.kind = kind
        self.size = size
    }
}

/// A virtual network card.
package struct NetworkCard: Sendable, Hashable, Codable {
    /// `nic0`, `nic1`, …
    package var name: String
    package var mac: String
    /// The switch it is connected to; nil when its link is down.
    package var switchName: String?
    /// The IPv4 address the guest uses, when one is set from outside.
    package var address: String?
    /// The same for IPv6.
    package var address6: String?
    /// The address to take at failover; nil when that feature is off.
    package var failoverAddress: FailoverAddress?

    package init(
        name: String, mac: String, switchName: String? = nil, address: String? = nil,
        failoverAddress: FailoverAddress? = nil
    ) {
        self.name = name
        self.mac = mac
        self.switchName = switchName
        self.address = address
        self.failoverAddress = failoverAddress
    }
}

extension NetworkCard {
    /// Sets the address of the text's family; nil takes both away.
    package mutating func setAddress(_ text: String?) {
        guard let text else {
            (address, address6) = (nil, nil)
            return
        }
        if text.contains(":") { address6 = text } else { address = text }
    }

    package mutating func takeAddresses(of other: NetworkCard) {
        (address, address6) = (other.address, other.address6)
    }
}

/// The failover address of a card, one of each family at most (N-4). Switched on but left empty, it
/// gives the guest a link-local address at power-on: the incident that P-4 remembers.
package struct FailoverAddress: Sendable, Hashable, Codable {
    package var address: String?
    package var address6: String?

    package init(_ text: String?) { set(text) }

    package init(_ addresses: [Address]) {
        for address in addresses { set(address.description) }
    }

    package var isEmpty: Bool { address == nil && address6 == nil }

    /// Both addresses for people; nil when it is empty.
    package var words: String? {
        isEmpty ? nil : [address, address6].compactMap(\.self).joined(separator: " and ")
    }

    /// The same with the address of that family in the place of the former.
    package func with(_ text: String) -> FailoverAddress {
        var changed = self
        changed.set(text)
        return changed
    }

    private mutating func set(_ text: String?) {
        guard let text else { return }
        if text.contains(":") { address6 = text } else { address = text }
    }
}
