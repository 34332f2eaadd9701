// A ledger for tests: what is saved goes through JSON, as it will in the store. There are no pools,
// so nothing becomes of addresses.
import Fabric
import Foundation
import Model

@testable import Replication

final class MemoryLedger: ProtectionLedger {
    private let records = Locked<[String: Data]>([:])
    /// Raised instead of saving, for tests of a death before the record.
    let refusal = Locked<Failure?>(nil)

    func summaries() async throws -> [ProtectionSummary] {
        let all = records.withLock { $0 }
        return try all.keys.sorted().map {
            ProtectionSummary(try JSONDecoder().decode(Protection.self, from: all[$0]!))
        }
    }

    func protection(of key: String) async throws -> Protection? {
        try records.withLock { $0[key] }.map { try JSONDecoder().decode(Protection.self, from: $0) }
    }

    func save(_ protection: Protection, moving _: [AddressMove]) async throws {
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        let data = try JSONEncoder().encode(protection)
        records.withLock { $0[protection.key] = data }
    }

    func removeProtection(of key: String, moving _: [AddressMove]) async throws {
        _ = records.withLock { $0.removeValue(forKey: key) }
    }

    func addresses(of machine: MachineID) async throws -> [GivenAddress] { [] }
}
