// The machine of R-17 as dialogues, and as a whole: what is not drawn is refused.
import Testing

@testable import Model

@Suite struct ProtectionStateTests {
    private typealias Event = ProtectionState.Event

    private func after(_ events: [Event]) throws -> ProtectionState {
        try events.reduce(.disabled) { try $0.after($1) }
    }

    @Test func `a protection is copied, replicates, and fails over as planned`() throws {
        let copied: [Event] = [.protected, .firstCopyStarted, .firstCopyFinished]
        #expect(try after(copied) == .replicating)
        let failedOver = copied + [.prepared, .plannedStarted, .failedOver]
        #expect(try after(failedOver) == .failedOverWaitingCompletion)
        #expect(try after(failedOver + [.reversed]) == .replicating)
        #expect(try after(failedOver + [.completed, .reversed]) == .replicating)
    }

    @Test func `an unplanned failover is completed before it is reversed with a resync`() throws {
        let events: [Event] = [
            .protected, .firstCopyStarted, .firstCopyFinished, .cycleFailed, .unplannedStarted,
            .failedOver,
        ]
        let waiting = try after(events)
        #expect(throws: Failure.self) { try waiting.after(.reversedWithResync) }
        #expect(try waiting.after(.pointChanged).after(.failedOver) == waiting)
        let reversed = try waiting.after(.completed).after(.reversedWithResync)
        #expect(reversed == .waitingForResync)
        #expect(try reversed.after(.resyncStarted).after(.resyncFinished) == .replicating)
    }

    @Test func `a failed cycle is cleared by the next one that succeeds`() throws {
        #expect(try ProtectionState.replicating.after(.cycleFailed) == .error)
        #expect(try ProtectionState.error.after(.cycleSucceeded) == .replicating)
    }

    @Test func `a refusal names the state, the event and what is possible`() throws {
        let failure = try #require(throws: Failure.self) {
            try ProtectionState.suspended.after(.prepared)
        }
        #expect(failure.code == .transitionRefused)
        #expect(failure.context == ["state": "suspended", "event": "prepared"])
        #expect(failure.message.contains("resumed"))
        #expect(failure.message.contains("prepared for failover"))
    }

    /// The picture in words. `removed` leads from every state but these to `disabled`.
    private static let drawn: [ProtectionState: [Event: ProtectionState]] = [
        .disabled: [.protected: .readyForInitialReplication],
        .readyForInitialReplication: [.firstCopyStarted: .initialReplication],
        .initialReplication: [
            .firstCopyFinished: .replicating, .firstCopyInterrupted: .readyForInitialReplication,
        ],
        .replicating: [
            .cycleSucceeded: .replicating, .cycleFailed: .error, .suspended: .suspended,
            .resyncRequired: .waitingForResync, .prepared: .preparedForFailover,
            .unplannedStarted: .failingOver,
        ],
        .error: [
            .cycleSucceeded: .replicating, .cycleFailed: .error, .suspended: .suspended,
            .resyncRequired: .waitingForResync, .unplannedStarted: .failingOver,
        ],
        .suspended: [
            .resumed: .replicating, .resyncRequired: .waitingForResync,
            .unplannedStarted: .failingOver,
        ],
        .waitingForResync: [
            .resyncStarted: .resyncing, .suspended: .resyncSuspended,
            .unplannedStarted: .failingOver,
        ],
        .resyncing: [
            .resyncFinished: .replicating, .resyncInterrupted: .waitingForResync,
            .suspended: .resyncSuspended, .unplannedStarted: .failingOver,
        ],
        .resyncSuspended: [.resumed: .waitingForResync, .unplannedStarted: .failingOver],
        .preparedForFailover: [
            .preparationCancelled: .replicating, .resyncRequired: .waitingForResync,
            .plannedStarted: .failingOver,
            .failbackStarted: .failingBack, .unplannedStarted: .failingOver,
        ],
        .failingOver: [
            .failedOver: .failedOverWaitingCompletion, .failoverGivenUp: .waitingForResync,
        ],
        .failingBack: [
            .failedOver: .failedOverWaitingCompletion, .failoverGivenUp: .waitingForResync,
        ],
        .failedOverWaitingCompletion: [
            .pointChanged: .failingOver, .completed: .failedOver, .reversed: .replicating,
        ],
        .failedOver: [.reversed: .replicating, .reversedWithResync: .waitingForResync],
    ]

    @Test(arguments: ProtectionState.allCases)
    func `exactly the drawn transitions exist`(_ state: ProtectionState) throws {
        var expected = try #require(Self.drawn[state])
        if ![.disabled, .failingOver, .failingBack].contains(state) {
            expected[.removed] = .disabled
        }
        for event in Event.allCases {
            #expect((try? state.after(event)) == expected[event], "\(state) \(event)")
        }
    }

    @Test func `every state is reached from every other`() {
        for start in ProtectionState.allCases {
            var reached: Set<ProtectionState> = [start]
            var edge = [start]
            while let state = edge.popLast() {
                for event in Event.allCases {
                    guard let next = try? state.after(event), reached.insert(next).inserted else {
                        continue
                    }
                    edge.append(next)
                }
            }
            #expect(reached.count == ProtectionState.allCases.count, "from \(start.rawValue)")
        }
    }
}
