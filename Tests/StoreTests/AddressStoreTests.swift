// Addresses in the store: each given once, all or none of a batch, free again when released.
import Model
import Store
import Testing

@Suite struct AddressStoreTests {
    private let tenant = NetworkName(site: "bergen", network: "tenant")

    private func wish(_ nic: String, _ ranges: String...) throws -> AddressWish {
        AddressWish(
            of: tenant, nic: nic, pool: AddressPool(try ranges.map { try AddressRange(text: $0) }))
    }

    private func machine(_ name: String) -> MachineID { MachineID(site: "bergen", name: name) }

    private func take(
        _ wishes: [AddressWish], for name: String, in store: Store
    ) async throws -> [String] {
        try await store.commit([.addressesMoved(.take(machine(name), wishes), at: .second(0))])
        return try store.givenAddresses(of: machine(name)).map(\.address.description)
    }

    @Test func `N-3: an address is given once, and what a card has it keeps`() async throws {
        let lab = try Lab()
        let store = try lab.open()
        let wish = try wish("nic0", "10.2.0.10-10.2.0.11", "fd00::1-fd00::9")
        #expect(try await take([wish], for: "a", in: store) == ["10.2.0.10", "fd00::1"])
        #expect(try await take([wish], for: "a", in: store) == ["10.2.0.10", "fd00::1"])
        #expect(try await take([wish], for: "b", in: store) == ["10.2.0.11", "fd00::2"])
        try await store.commit([.addressesMoved(.release(machine("a")), at: .second(0))])
        #expect(try store.givenAddresses().map(\.machine.name) == ["b", "b"])
        #expect(try await take([wish], for: "c", in: store) == ["10.2.0.10", "fd00::1"])
    }

    @Test func `N-3: an exhausted pool says how many are missing, and gives nothing`()
        async throws
    {
        let lab = try Lab()
        let store = try lab.open()
        let wishes = try ["nic0", "nic1", "nic2"].map { try wish($0, "10.2.0.10") }
        let failure = await #expect(throws: Failure.self) {
            _ = try await take(wishes, for: "a", in: store)
        }
        #expect(failure?.code == .poolExhausted)
        #expect(failure?.context["missing"] == "2")
        #expect(failure?.message.contains("2 addresses are missing (IPv4) for bergen/a") == true)
        #expect(try store.givenAddresses().isEmpty)
    }
}
