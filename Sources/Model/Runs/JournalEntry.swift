// The journal: what a run meant to do and what came of it. Entries are appended and never changed;
// in a branch they alternate intent, outcome, intent, outcome, without a gap.

package struct JournalEntry: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, Codable {
        /// Written before the act: `payload` holds the arguments.
        case intent
        /// Written after it: `payload` holds what it returned.
        case result
        /// Written after it: `payload` holds the failure's value.
        case failure

        /// Whether this kind closes a call.
        package var isOutcome: Bool { self != .intent }
    }

    package var place: JournalPlace
    package var kind: Kind
    /// The primitive's name: `replication.failover`.
    package var primitive: String
    /// Canonical JSON, at most `Limits.payloadBytesMax`.
    package var payload: String
    package var at: Timestamp

    package init(
        _ kind: Kind, at place: JournalPlace, primitive: String, payload: String, on at: Timestamp
    ) {
        self.place = place
        self.kind = kind
        self.primitive = primitive
        self.payload = payload
        self.at = at
    }
}

/// Where a branch's journal ends.
package struct JournalEnd: Sendable, Hashable {
    /// The sequence of the last call; 0 when the journal is empty.
    package var sequence: Int
    /// Whether the last call has its outcome; true when the journal is empty.
    package var isClosed: Bool
    package var link: JournalLink

    package init(sequence: Int, isClosed: Bool, link: JournalLink) {
        self.sequence = sequence
        self.isClosed = isClosed
        self.link = link
    }

    package static let empty = JournalEnd(sequence: 0, isClosed: true, link: .origin)

    /// The end once `entry` is appended. Raises `run.journal_order` when it does not follow.
    package func after(_ entry: JournalEntry) throws(Failure) -> JournalEnd {
        let isOutcome = entry.kind.isOutcome
        let expected = isOutcome == isClosed ? nil : sequence + (isOutcome ? 0 : 1)
        guard entry.place.sequence == expected else { throw refusal(of: entry) }
        return JournalEnd(
            sequence: entry.place.sequence, isClosed: isOutcome, link: link.next(entry))
    }

    private func refusal(of entry: JournalEntry) -> Failure {
        let next =
            isClosed ? "the intent of call \(sequence + 1)" : "the outcome of call \(sequence)"
        return Failure(
            .journalOrder,
            "\(entry.place): the \(entry.kind.rawValue) of \(entry.primitive) does not follow; "
                + "the journal wants \(next). Another engine may have written it: stop this one",
            context: [
                "run": entry.place.run.description, "branch": entry.place.branch.path,
                "sequence": String(entry.place.sequence), "kind": entry.kind.rawValue,
            ])
    }
}
