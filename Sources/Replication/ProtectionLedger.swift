// The seam to the durable memory of protections. One record per relationship, named by its key
// (`Protection.key`), saved whole in one step: a death leaves the old record or the new one, never
// a mixture.
import Model

package protocol ProtectionLedger: Sendable {
    /// A glance at all protections, in the order of their keys.
    func summaries() async throws -> [ProtectionSummary]
    func protection(of key: String) async throws -> Protection?
    /// Writes a record and what becomes of addresses, both or neither. Durable when it returns,
    /// recovery points and operations included.
    func save(_ protection: Protection, moving addresses: [AddressMove]) async throws
    /// Succeeds when there is none.
    func removeProtection(of key: String, moving addresses: [AddressMove]) async throws
    /// What a machine's cards have from pools.
    func addresses(of machine: MachineID) async throws -> [GivenAddress]
}

extension ProtectionLedger {
    package func save(_ protection: Protection) async throws {
        try await save(protection, moving: [])
    }

    package func removeProtection(of key: String) async throws {
        try await removeProtection(of: key, moving: [])
    }
}
