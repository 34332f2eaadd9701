// Whose person somebody is, and what follows from it.
import Model
import Testing

@Suite struct TenancyTests {
    private static let house = Person(name: "eva", roles: ["operator"])
    private static let tenant = Person(name: "lars", tenant: "contoso")

    @Test func `S-4: a tenant's person touches what is his tenant's, the house's person all`() {
        for owner in ["contoso", "fabrikam", nil] {
            #expect(Self.house.mayTouch(owner))
            #expect(Self.tenant.mayTouch(owner) == (owner == "contoso"))
        }
    }

    @Test func `S-4: what is refused is told by its name and without its owner's`() throws {
        let failure = #expect(throws: Failure.self) {
            try Self.tenant.require("fabrikam", of: "run 12")
        }
        #expect(failure?.code == .refused)
        #expect(failure?.message.contains("run 12") == true)
        #expect(failure?.message.contains("fabrikam") == false)
        try Self.tenant.require("contoso", of: "run 12")
        try Self.house.require("fabrikam", of: "run 12")
        try Self.house.requireHouse(for: "muster site lose")
        #expect(throws: Failure.self) { try Self.tenant.requireHouse(for: "muster site lose") }
    }

    @Test func `S-4: the scope of a tenant's person is implied, and no other is his`() throws {
        #expect(try Self.tenant.scope(wanted: nil) == "contoso")
        #expect(try Self.tenant.scope(wanted: "contoso") == "contoso")
        #expect(throws: Failure.self) { try Self.tenant.scope(wanted: "fabrikam") }
        #expect(try Self.house.scope(wanted: nil) == nil)
        #expect(try Self.house.scope(wanted: "fabrikam") == "fabrikam")
    }

    @Test func `S-4: somebody known by name has his roles and his tenant`() throws {
        let rights = Rights(
            people: ["lars": ["auditor"], "eva": []], tenants: ["lars": "contoso"])
        let lars = Person(name: "lars", roles: ["auditor"], tenant: "contoso")
        #expect(try rights.person(named: "lars") == lars)
        #expect(rights.known("lars") == lars)
        #expect(rights.known("eva").tenant == nil)
        #expect(rights.known("nobody") == Person(name: "nobody"))
    }
}
