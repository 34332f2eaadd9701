// The records whose meaning belongs to other rooms: the store keeps and finds them.
import Model

/// One protection of a vm, of which an extended one has a key of its own. `record` is JSON text of
/// the room that leads it; the summary says what a list shows of it.
package struct ProtectionRecord: Sendable, Hashable {
    package var summary: ProtectionSummary
    package var record: String
    package var updatedAt: Timestamp

    package init(summary: ProtectionSummary, record: String, updatedAt: Timestamp) {
        self.summary = summary
        self.record = record
        self.updatedAt = updatedAt
    }
}

/// One recovery point of a vm. `record` is JSON text of the room that owns the type.
package struct PointRecord: Sendable, Hashable {
    package var generation: Int
    package var sequence: Int
    package var record: String

    package init(generation: Int, sequence: Int, record: String) {
        self.generation = generation
        self.sequence = sequence
        self.record = record
    }
}

/// What a person decided: nothing fails over without one (F-5).
package struct Decision: Sendable, Hashable {
    package var who: String
    /// The act: `failover planned management-stamp`.
    package var what: String
    package var reason: String?
    package var at: Timestamp
    package var run: RunID?

    package init(who: String, what: String, reason: String?, at: Timestamp, run: RunID?) {
        self.who = who
        self.what = what
        self.reason = reason
        self.at = at
        self.run = run
    }
}

/// Something that happened, for the auditor. `record` is JSON text with the particulars.
package struct Event: Sendable, Hashable {
    /// `room.what`, past tense: `scope.refused`, `lease.taken`.
    package var topic: String
    package var run: RunID?
    package var record: String
    package var at: Timestamp

    package init(topic: String, run: RunID?, record: String, at: Timestamp) {
        self.topic = topic
        self.run = run
        self.record = record
        self.at = at
    }
}

/// A run's hold on a vm.
package struct Claim: Sendable, Hashable {
    package var vm: String
    package var run: RunID
    package var since: Timestamp

    package init(vm: String, run: RunID, since: Timestamp) {
        self.vm = vm
        self.run = run
        self.since = since
    }
}

/// A note with its place in the order in which the notes of all branches arrived: among those of
/// all runs, or among the lines of its run's streams.
package struct NumberedNote: Sendable, Hashable {
    package var number: Int64
    package var note: RunNote

    package init(number: Int64, note: RunNote) {
        self.number = number
        self.note = note
    }
}

/// Two notes of one branch that a plan wrote of itself: what began there and how it ended.
package struct PlanSpan: Sendable, Hashable {
    package var branch: Branch
    package var from: Timestamp
    package var until: Timestamp
    /// The text of the first note, and of the second.
    package var first: String
    package var last: String
}
