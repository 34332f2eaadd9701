// The seam between two sites: logs cross it as bytes at an offset, so that what was cut off goes on
// where it broke. Three verbs, each of which a network transport can answer from the replica's
// files alone (`Inbox`): POST of an offer, PUT with an offset, POST of the end.
//
//     offer ──▶ acknowledged                   it is there, durable: nothing to do
//           ──▶ busy(retryAfter)               not now: the inbox is full
//           ──▶ goOn(from, hash of those)      ──▶ send … send ──▶ finish ──▶ acknowledged
//                                                   └─ cut ──▶ offer
//
// What must stay true: acknowledged means durable at the replica, under the log's own name; a log
// that was acknowledged is never replaced; nothing that differs from what was sent gets a name.
import Model

/// Conforming types block nobody's thread of Swift's: what waits, waits suspended, or on
/// `BlockingThreads`. Every verb may be asked again, and raises
/// `replication.transfer_interrupted` when it is not known what came of it.
package protocol Transport: Sendable {
    /// Whether the replica's images can be written from here: then a first copy goes straight onto
    /// them, and its log only says that it did.
    var reachesImages: Bool { get }
    /// Announces a log and learns where to go on. `file` is the log at the sender, when the
    /// receiver may take it as it is instead of its bytes; `anew` throws away what has arrived of
    /// it. Raises `replication.primary_refused` when the site takes nothing from this one.
    func offer(_ shipment: Shipment, file: String?, anew: Bool) async throws -> ShipmentAnswer
    /// Puts bytes at an offset of what has arrived; a gap is `replication.transfer_interrupted`.
    func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws
    /// All was sent, and `hash` is the xxh3-128 of all its bytes. Returns when the log is durable,
    /// which is the acknowledgement. Raises `replication.transfer_damaged`, and forgets what has
    /// arrived, when that is something else.
    func finish(_ shipment: Shipment, hash: BlockHash) async throws
}

/// A log on its way. For its receiver machine and name are its identity, whatever else changes.
package struct Shipment: Sendable, Hashable {
    package var vm: String
    package var name: LogName
    /// The site that sends.
    package var source: String
    /// The site that receives.
    package var target: String
    /// The folder in which the target keeps what comes from this source; nil for its only one.
    package var place: String?
    package var bytes: Int64

    package init(
        vm: String, name: LogName, source: String, target: String, place: String? = nil,
        bytes: Int64
    ) {
        self.vm = vm
        self.name = name
        self.source = source
        self.target = target
        self.place = place
        self.bytes = bytes
    }
}

/// What a receiver says to an offer.
package enum ShipmentAnswer: Sendable, Hashable {
    /// The log is there and durable.
    case acknowledged
    /// So many bytes have arrived, and this is their hash: go on there if yours are the same, else
    /// offer anew.
    case goOn(from: Int64, hash: BlockHash)
    /// There is no room now.
    case busy(retryAfter: Duration)
}

/// Names a log among those of one machine; the order is the order of application.
package struct LogName: Sendable, Hashable, Comparable {
    package var generation: Int
    package var sequence: Int

    package init(generation: Int, sequence: Int) {
        self.generation = generation
        self.sequence = sequence
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.generation, left.sequence) < (right.generation, right.sequence)
    }
}
