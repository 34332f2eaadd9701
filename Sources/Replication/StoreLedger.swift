// Protections in the store: the record as JSON text, and the summary by which it is listed beside
// it.
import Foundation
import Model
import Store

package struct StoreLedger: ProtectionLedger {
    private let store: Store
    private let clock: any WallClock
    private let known = DecodedTexts<String, Protection>()

    package init(store: Store, clock: any WallClock) {
        self.store = store
        self.clock = clock
    }

    package func summaries() async throws -> [ProtectionSummary] {
        try store.protectionSummaries()
    }

    package func protection(of key: String) async throws -> Protection? {
        try store.protection(of: key).map { record in
            try known.content(of: record.record, under: key) { try Self.protection(of: record) }
        }
    }

    package func save(
        _ protection: Protection, moving addresses: [AddressMove]
    ) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(protection), as: UTF8.self)
        let record = ProtectionRecord(
            summary: ProtectionSummary(protection), record: text, updatedAt: clock.now)
        try await store.commit(changes(addresses) + [.protectionSaved(record)])
    }

    package func removeProtection(
        of key: String, moving addresses: [AddressMove]
    ) async throws {
        try await store.commit(changes(addresses) + [.protectionRemoved(key: key)])
    }

    package func addresses(of machine: MachineID) async throws -> [GivenAddress] {
        try store.givenAddresses(of: machine)
    }

    private func changes(_ moves: [AddressMove]) -> [Change] {
        moves.map { .addressesMoved($0, at: clock.now) }
    }

    private static func protection(of record: ProtectionRecord) throws -> Protection {
        do {
            return try JSONDecoder().decode(Protection.self, from: Data(record.record.utf8))
        } catch {
            throw Failure(
                .storeDamaged, "the protection of \(record.summary.vm) cannot be read: \(error)",
                context: ["vm": record.summary.vm])
        }
    }
}
