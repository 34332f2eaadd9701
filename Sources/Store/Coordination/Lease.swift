// One engine leads a lab. The lead is a lock on the file `engine.lock`, which the kernel frees at the
// death of its process, and a row with a token that rises at each taking: a leader that lost the lead
// without noticing is recognised by its token.
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
    package let token: LeaseToken
    package let holder: LeaseHolder

    /// Takes the lead of the store's lab. Raises `store.lease_held`, saying who holds it since when.
    package static func acquire(in store: Store, holder: LeaseHolder) async throws -> Lease {
        fatalError("comes with the implementation")
    }

    /// Whether some process leads that lab now.
    package static func isHeld(folder: String) throws -> Bool { fatalError() }

    /// Gives the lead back; the second call does nothing.
    package func release() { fatalError() }

    private init(token: LeaseToken, holder: LeaseHolder) {
        self.token = token
        self.holder = holder
    }
}
