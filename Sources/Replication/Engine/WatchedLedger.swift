// Tells whoever leads the cycles what became of a protection, as soon as it is durable. A ledger in
// front of the ledger: no verb can forget to tell.
import Model

package enum ProtectionChange: Sendable, Hashable {
    case saved(ProtectionSummary)
    case removed(key: String)
}

/// Those who want to know; asked in the order of their coming.
final class ProtectionWatchers: Sendable {
    typealias Watcher = @Sendable (ProtectionChange) -> Void
    private let watchers = Locked<(next: Int, standing: [Int: Watcher])>((0, [:]))

    func add(_ watcher: @escaping Watcher) -> Int {
        watchers.withLock { state in
            state.next += 1
            state.standing[state.next] = watcher
            return state.next
        }
    }

    func remove(_ number: Int) { watchers.withLock { $0.standing[number] = nil } }

    func tell(_ change: ProtectionChange) {
        let all = watchers.withLock { state in
            state.standing.sorted { $0.key < $1.key }.map(\.value)
        }
        for watcher in all { watcher(change) }
    }
}

struct WatchedLedger: ProtectionLedger {
    private let ledger: any ProtectionLedger
    private let watchers: ProtectionWatchers

    init(_ ledger: any ProtectionLedger, _ watchers: ProtectionWatchers) {
        self.ledger = ledger
        self.watchers = watchers
    }

    func summaries() async throws -> [ProtectionSummary] { try await ledger.summaries() }

    func protection(of key: String) async throws -> Protection? {
        try await ledger.protection(of: key)
    }

    func save(_ protection: Protection, moving addresses: [AddressMove]) async throws {
        try await ledger.save(protection, moving: addresses)
        watchers.tell(.saved(ProtectionSummary(protection)))
    }

    func removeProtection(of key: String, moving addresses: [AddressMove]) async throws {
        try await ledger.removeProtection(of: key, moving: addresses)
        watchers.tell(.removed(key: key))
    }

    func addresses(of machine: MachineID) async throws -> [GivenAddress] {
        try await ledger.addresses(of: machine)
    }
}
