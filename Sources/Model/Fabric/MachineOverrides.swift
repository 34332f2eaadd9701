// What a machine has otherwise at the target of a recovery plan (P-9): processors, memory, the
// switch of a card and its address. It keeps what it was without them, so that they can be taken
// back whoever applied them, and applied again without piling up.

package struct MachineOverrides: Sendable, Hashable, Codable {
    package var processors: Int?
    package var memory: ByteCount?
    /// The card that `switchName` and `address` are of.
    package var nic: String
    package var switchName: String?
    package var address: String?

    package init(
        processors: Int? = nil, memory: ByteCount? = nil, nic: String = "nic0",
        switchName: String? = nil, address: String? = nil
    ) {
        self.processors = processors
        self.memory = memory
        self.nic = nic
        self.switchName = switchName
        self.address = address
    }

    package var touchesCard: Bool { switchName != nil || address != nil }

    /// Those of processors and memory; nil when there are none.
    package var ofSize: MachineOverrides? {
        processors == nil && memory == nil
            ? nil : MachineOverrides(processors: processors, memory: memory)
    }
}

/// What overrides may change of a machine.
package struct MachineShape: Sendable, Hashable, Codable {
    package var processors: Int
    package var memory: ByteCount
    package var nics: [NetworkCard]
}

extension VirtualMachine {
    private var shape: MachineShape {
        MachineShape(processors: processors, memory: memory, nics: nics)
    }

    /// Applies `overrides` to what the machine is without any. Raises `name.unknown` when it has no
    /// such card.
    package mutating func override(_ overrides: MachineOverrides) throws(Failure) {
        let base = original ?? shape
        var nics = base.nics
        if overrides.touchesCard {
            guard let index = nics.firstIndex(where: { $0.name == overrides.nic }) else {
                throw Failure(
                    .unknownName,
                    "machine '\(id)' has no card '\(overrides.nic)'"
                        + Spelling.hint(for: overrides.nic, among: nics.map(\.name)),
                    context: ["vm": id.name, "site": id.site, "nic": overrides.nic])
            }
            nics[index].switchName = overrides.switchName ?? nics[index].switchName
            if let address = overrides.address {
                nics[index].setAddress(address)
                // What it would take at failover instead.
                nics[index].failoverAddress = nil
            }
        }
        (processors, memory) = (
            overrides.processors ?? base.processors, overrides.memory ?? base.memory
        )
        self.nics = nics
        original = base
    }

    /// Makes the machine what it was before it was overridden; one that was not stays as it is.
    package mutating func restore() {
        guard let original else { return }
        (processors, memory, nics) = (original.processors, original.memory, original.nics)
        self.original = nil
    }
}
