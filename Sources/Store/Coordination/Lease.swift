// One engine leads a lab. The lead is a lock on the file `engine.lock`, which the kernel frees at
// the death of its process, and a row with a token that rises at each taking: a leader that lost
// the lead without noticing is recognised by its token.
//
//     nobody leads ──lock taken──▶ locked ──row with token n+1──▶ leads with n+1
//          ▲                         │ the row failed                  │ released, or death
//          └─────────────────────────┴─────────────────────────────────┘
import Model

/// Rises by one at each taking of the lead.
package struct LeaseToken: Sendable, Hashable, Comparable {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// Who leads: for the second engine's message.
package struct LeaseHolder: Sendable, Hashable {
    package var processID: Int32
    package var hostName: String
    /// The command that was typed: `muster run management-stamp`.
    package var command: String
    package var since: Timestamp

    package init(processID: Int32, hostName: String, command: String, since: Timestamp) {
        self.processID = processID
        self.hostName = hostName
        self.command = command
        self.since = since
    }
}

/// The lead of a lab; it ends with `release()`, with this object, or with the process.
package final class Lease: Sendable {
    /// What the leader's commits carry.
    package let token: LeaseToken
    package let holder: LeaseHolder
    private let lock: LockFile
    private let store: Store

    private init(token: LeaseToken, holder: LeaseHolder, lock: LockFile, store: Store) {
        self.token = token
        self.holder = holder
        self.lock = lock
        self.store = store
        store.lead.withLock { $0 = token }
    }

    deinit { release() }

    /// Takes the lead of the store's lab: until it is given back, every commit of this store
    /// carries its token. Raises `store.lease_held`, saying who holds it since when.
    package static func acquire(in store: Store, holder: LeaseHolder) async throws -> Lease {
        let lock = try LockFile(lockPath(store.folder))
        guard try lock.take() else { throw try refusal(in: store) }
        let last = try store.lastLease()?.token.number ?? 0
        let token = LeaseToken(last + 1)
        try await store.commit([.leaseTaken(token, holder)])
        return Lease(token: token, holder: holder, lock: lock, store: store)
    }

    /// Whether some process, or another lease of this one, leads that lab now.
    package static func isHeld(folder: String) throws -> Bool {
        try LockFile(lockPath(folder)).isTakenElsewhere()
    }

    /// Gives the lead back; the second call does nothing.
    package func release() {
        store.lead.withLock { if $0 == token { $0 = nil } }
        lock.free()
    }

    static func lockPath(_ folder: String) -> String { "\(folder)/engine.lock" }

    static func refusal(in store: Store) throws -> Failure {
        guard let holder = try store.lastLease()?.holder else {
            return Failure(
                .leaseHeld, "another engine is taking the lead of \(store.folder) just now",
                context: ["folder": store.folder])
        }
        return Failure(
            .leaseHeld,
            "\(store.folder) is led by `\(holder.command)`, process \(holder.processID) on "
                + "\(holder.hostName), since \(holder.since); use that engine or stop it",
            context: [
                "folder": store.folder, "process": String(holder.processID),
                "host": holder.hostName, "since": holder.since.description,
            ])
    }
}
