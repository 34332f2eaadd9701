// What may follow what in the life of a protection. Pure: an event in, the next state out;
// every transition that is not drawn here is refused.
//
//                           protected
//            disabled ────────────────▶ ready-for-initial-replication
//               ▲                          │ firstCopyStarted  ▲ firstCopyInterrupted
//       removed │                          ▼                   │
//   (any state  │                    initial-replication ──────┘
//    but failing-                          │ firstCopyFinished
//    over/-back)                           ▼
//                  cycleFailed       replicating ◀───────────────────┐ resumed
//        error ◀───────────────────  │ │  ▲ ▲ │ ──suspended──▶ suspended
//          └──────cycleSucceeded─────│─│──┘ │ │                  ▲
//          └──────suspended──────────│─│────│─│──────────────────┘
//                                    │ │    │ │ resyncRequired (also error, suspended)
//                            prepared│ │    │ ▼
//                                    │ │    │ waiting-for-resync ◀──resumed── resync-suspended
//             preparationCancelled ──│─┘    │   │ resyncStarted ▲               ▲ suspended
//                                    ▼      │   ▼               │ resyncInterrupted
//            prepared-for-failover          └─ resyncing ───────┘───────────────┘
//       plannedStarted │   │ failbackStarted      (resyncFinished)
//                      ▼   ▼
//          failing-over    failing-back       unplannedStarted: replicating, error, suspended,
//     ▲ pointChanged │         │              prepared-for-failover, waiting-for-resync,
//     │              ▼         ▼ failedOver   resyncing, resync-suspended ──▶ failing-over
//     └─ failed-over-waiting-completion ──reversed──▶ replicating
//                      │ completed
//                      ▼
//                 failed-over ──reversed──▶ replicating
//                             ──reversedWithResync──▶ waiting-for-resync
//
// A failover under way that finds a replica which somebody wrote to, or a damaged log on the way to
// its point, is given up, `failoverGivenUp`: waiting-for-resync, for nothing has taken over yet. So
// is a prepared one that somebody wrote to, `resyncRequired`.
//
// Another point may be chosen until `completed`; that is why a reversal with resync, which must
// follow an unplanned failover, starts from failed-over only.

package enum ProtectionState: String, Sendable, Hashable, Codable, CaseIterable {
    case disabled
    case readyForInitialReplication = "ready-for-initial-replication"
    case initialReplication = "initial-replication"
    case replicating
    /// All is sent and the machine cannot be powered on at either side.
    case preparedForFailover = "prepared-for-failover"
    /// The replica may run; another point may still be chosen.
    case failedOverWaitingCompletion = "failed-over-waiting-completion"
    /// The replica is production, unprotected until it is reversed.
    case failedOver = "failed-over"
    case suspended
    /// The last cycle failed; the next one that succeeds clears it.
    case error
    case waitingForResync = "waiting-for-resync"
    case resyncing
    case resyncSuspended = "resync-suspended"
    case failingOver = "failing-over"
    case failingBack = "failing-back"

    /// The replica was failed over to, and not reversed yet: it is the machine that serves.
    package var isFailedOver: Bool { self == .failedOverWaitingCompletion || self == .failedOver }

    /// A failover has begun and is not over: the primary is off, or lost, and held off.
    package var isHeldOff: Bool {
        self == .preparedForFailover || self == .failingOver || self == .failingBack
    }

    /// The two sides have to be compared before anything else travels.
    package var waitsForResync: Bool { self == .waitingForResync || self == .resyncing }

    package enum Event: String, Sendable, Hashable, CaseIterable {
        case protected
        case firstCopyStarted, firstCopyFinished, firstCopyInterrupted
        case cycleSucceeded, cycleFailed
        case suspended, resumed
        case resyncRequired, resyncStarted, resyncFinished, resyncInterrupted
        case prepared, preparationCancelled
        case plannedStarted, failbackStarted, unplannedStarted
        case failedOver, failoverGivenUp, pointChanged, completed
        case reversed, reversedWithResync
        case removed
    }

    /// The state after `event`; raises `replication.transition_refused`, which names the state, the
    /// event and what is possible instead.
    package func after(_ event: Event) throws(Failure) -> Self {
        if let next = next(event) { return next }
        var possible: [String] = []
        for phrase in Event.allCases.filter({ next($0) != nil }).map(\.phrase)
        where !possible.contains(phrase) {
            possible.append(phrase)
        }
        throw Failure(
            .transitionRefused,
            "a protection that is \(rawValue) cannot be \(event.phrase); it can be "
                + possible.joined(separator: ", "),
            context: ["state": rawValue, "event": event.rawValue])
    }

    private func next(_ event: Event) -> Self? {
        switch self {
        case .failingOver, .failingBack:
            switch event {
            case .failedOver: .failedOverWaitingCompletion
            case .failoverGivenUp: .waitingForResync
            default: nil
            }
        case .disabled: event == .protected ? .readyForInitialReplication : nil
        case _ where event == .removed: .disabled
        case .readyForInitialReplication, .initialReplication: nextOfFirstCopy(event)
        case .replicating, .error, .suspended: nextOfReplication(event)
        case .waitingForResync, .resyncing, .resyncSuspended: nextOfResync(event)
        case .preparedForFailover, .failedOverWaitingCompletion, .failedOver:
            nextOfFailover(event)
        }
    }

    private func nextOfFirstCopy(_ event: Event) -> Self? {
        switch (self, event) {
        case (.readyForInitialReplication, .firstCopyStarted): .initialReplication
        case (.initialReplication, .firstCopyFinished): .replicating
        case (.initialReplication, .firstCopyInterrupted): .readyForInitialReplication
        default: nil
        }
    }

    private func nextOfReplication(_ event: Event) -> Self? {
        switch (self, event) {
        case (.replicating, .cycleSucceeded), (.error, .cycleSucceeded): .replicating
        case (.replicating, .cycleFailed), (.error, .cycleFailed): .error
        case (.replicating, .suspended), (.error, .suspended): .suspended
        case (.suspended, .resumed): .replicating
        case (_, .resyncRequired): .waitingForResync
        case (.replicating, .prepared): .preparedForFailover
        case (_, .unplannedStarted): .failingOver
        default: nil
        }
    }

    private func nextOfResync(_ event: Event) -> Self? {
        switch (self, event) {
        case (.waitingForResync, .resyncStarted): .resyncing
        case (.resyncing, .resyncFinished): .replicating
        case (.resyncing, .resyncInterrupted): .waitingForResync
        case (.resyncing, .suspended), (.waitingForResync, .suspended): .resyncSuspended
        case (.resyncSuspended, .resumed): .waitingForResync
        case (_, .unplannedStarted): .failingOver
        default: nil
        }
    }

    private func nextOfFailover(_ event: Event) -> Self? {
        switch (self, event) {
        case (.preparedForFailover, .preparationCancelled): .replicating
        case (.preparedForFailover, .resyncRequired): .waitingForResync
        case (.preparedForFailover, .plannedStarted): .failingOver
        case (.preparedForFailover, .failbackStarted): .failingBack
        case (.preparedForFailover, .unplannedStarted): .failingOver
        case (.failedOverWaitingCompletion, .pointChanged): .failingOver
        case (.failedOverWaitingCompletion, .completed): .failedOver
        case (.failedOverWaitingCompletion, .reversed), (.failedOver, .reversed): .replicating
        case (.failedOver, .reversedWithResync): .waitingForResync
        default: nil
        }
    }
}

extension ProtectionState.Event {
    /// How the event reads after "cannot be".
    fileprivate var phrase: String {
        switch self {
        case .cycleSucceeded, .cycleFailed: "synchronised"
        case .firstCopyFinished: "given a first copy"
        case .firstCopyStarted, .firstCopyInterrupted:
            "copied for the first time"
        case .resyncRequired, .resyncStarted, .resyncFinished, .resyncInterrupted: "resynchronised"
        case .prepared: "prepared for failover"
        case .preparationCancelled: "released from preparation"
        case .plannedStarted: "failed over as planned"
        case .failedOver: "brought to the end of its failover"
        case .failoverGivenUp: "released from its failover"
        case .failbackStarted: "failed back"
        case .unplannedStarted: "failed over unplanned"
        case .pointChanged: "brought to another point"
        case .reversedWithResync: "reversed with a resync"
        case .protected, .suspended, .resumed, .completed, .reversed, .removed: rawValue
        }
    }
}
