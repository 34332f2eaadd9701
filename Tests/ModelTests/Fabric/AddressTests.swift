// Addresses, ranges and pools.
import Foundation
import Model
import Testing

@Suite struct AddressTests {
    private func range(_ text: String) throws -> AddressRange { try AddressRange(text: text) }

    @Test(arguments: [
        ("10.2.0.11", "10.2.0.11"), ("fd00:2:0:0:0:0:0:11", "fd00:2::11"), ("::1", "::1"),
        ("FD00::A", "fd00::a"), ("255.255.255.255", "255.255.255.255"),
    ])
    func `an address has one text`(written: String, text: String) throws {
        let address = try Address(text: written)
        #expect(address.description == text)
        #expect(try Address(text: text) == address)
        let kept = try JSONEncoder().encode([address])
        #expect(try JSONDecoder().decode([Address].self, from: kept) == [address])
    }

    @Test(arguments: ["", "10.2.0", "10.2.0.256", "fd00:::1", "web01", "10.2.0.1 "])
    func `what is no address is refused`(text: String) {
        #expect(throws: Failure.self) { try Address(text: text) }
        let failure = #expect(throws: Failure.self) { try AddressRange(text: "10.2.0.1-\(text)") }
        #expect(failure?.code == .usage)
    }

    @Test func `a range goes upward and stays in its family`() throws {
        #expect(try range("10.2.0.9-10.2.1.8").count == 256)
        #expect(try range("10.2.0.9").count == 1)
        #expect(try range("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").count == .max)
        for text in ["10.2.0.9-10.2.0.8", "10.2.0.9-fd00::1"] {
            #expect(throws: Failure.self) { try range(text) }
        }
    }

    @Test func `a pool gives the lowest that is free, range by range, until none is`() throws {
        let pool = AddressPool([
            try range("10.2.0.10-10.2.0.11"), try range("fd00::1-fd00::2"), try range("10.2.0.5"),
        ])
        #expect(pool.families == [.v4, .v6])
        #expect(pool.count(.v4) == 3)
        var taken: Set<Address> = []
        var given: [String] = []
        while let address = pool.lowest(.v4, besides: taken) {
            taken.insert(address)
            given.append(address.description)
        }
        #expect(given == ["10.2.0.10", "10.2.0.11", "10.2.0.5"])
        #expect(pool.lowest(.v6, besides: taken)?.description == "fd00::1")
    }

    @Test func `N-4: a failover address has one of each family`() {
        let both = FailoverAddress("10.2.0.5").with("fd00::5").with("10.2.0.6")
        #expect(both.address == "10.2.0.6")
        #expect(both.address6 == "fd00::5")
        #expect(both.words == "10.2.0.6 and fd00::5")
        #expect(FailoverAddress(nil).isEmpty)
    }
}
