// Network cards: where they are connected and which addresses they have.
import Model

extension EmbeddedFabric {
    package func connect(_ nic: String, of id: MachineID, to switchName: String?) async throws {
        try await changeCard(nic, of: id) { card, host in
            if let switchName { try host.requireSwitch(switchName, at: id.site) }
            card.switchName = switchName
        }
    }

    package func setFailoverAddress(
        _ address: FailoverAddress?, nic: String, of id: MachineID
    ) async throws {
        try await changeCard(nic, of: id) { card, _ in card.failoverAddress = address }
    }

    package func setGuestAddress(_ address: String?, nic: String, of id: MachineID) async throws {
        try await changeCard(nic, of: id) { card, _ in card.setAddress(address) }
    }

    private func changeCard(
        _ nic: String, of id: MachineID,
        _ change: @escaping @Sendable (inout NetworkCard, Host) throws -> Void
    ) async throws {
        try await changing(id) { lab in
            var record = try lab.record(id)
            let site = try lab.site(id.site)
            guard let index = record.machine.nics.firstIndex(where: { $0.name == nic }) else {
                let names = record.machine.nics.map(\.name)
                throw Failure(
                    .unknownName,
                    "machine '\(id)' has no card '\(nic)'" + Spelling.hint(for: nic, among: names),
                    context: ["vm": id.name, "site": id.site, "nic": nic])
            }
            guard let host = site.hosts.first(where: { $0.name == record.machine.host }) else {
                throw Failure(
                    .unknownName, "site '\(id.site)' has no host '\(record.machine.host)'",
                    context: ["site": id.site, "host": record.machine.host])
            }
            let before = record
            try change(&record.machine.nics[index], host)
            if record != before { try lab.write(record) }
        }
    }
}
