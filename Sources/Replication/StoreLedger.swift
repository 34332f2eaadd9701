// Protections in the store: the record as JSON text, with the columns by which it is listed beside
// it.
import Foundation
import Model
import Store

package struct StoreLedger: ProtectionLedger {
    private let store: Store
    private let clock: any WallClock

    package init(store: Store, clock: any WallClock) {
        self.store = store
        self.clock = clock
    }

    package func protections() async throws -> [Protection] {
        try store.protections().map { try Self.protection(of: $0) }
    }

    package func protection(of key: String) async throws -> Protection? {
        try store.protection(of: key).map { try Self.protection(of: $0) }
    }

    package func save(_ protection: Protection) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(protection), as: UTF8.self)
        let record = ProtectionRecord(
            key: protection.key, vm: protection.vm, state: protection.state.rawValue,
            primarySite: protection.primary.site, replicaSite: protection.replica.site,
            record: text, updatedAt: clock.now)
        try await store.commit([.protectionSaved(record)])
    }

    package func removeProtection(of key: String) async throws {
        try await store.commit([.protectionRemoved(key: key)])
    }

    private static func protection(of record: ProtectionRecord) throws -> Protection {
        do {
            return try JSONDecoder().decode(Protection.self, from: Data(record.record.utf8))
        } catch {
            throw Failure(
                .storeDamaged, "the protection of \(record.vm) cannot be read: \(error)",
                context: ["vm": record.vm])
        }
    }
}
