// The life of a run, as a table: each state with what may happen in it; all else is refused.
import Model
import Testing

@Suite struct RunStateTests {
    private static let allowed: [RunState: [RunEvent: RunState]] = [
        .queued: [.started: .running, .failed: .failed, .aborted: .aborted],
        .running: [
            .parked: .waiting, .suspended: .suspended, .completed: .completed, .failed: .failed,
            .aborted: .aborted,
        ],
        .waiting: [
            .woken: .running, .suspended: .suspended, .failed: .failed, .aborted: .aborted,
        ],
        .suspended: [.resumed: .running, .failed: .failed, .aborted: .aborted],
        .completed: [:],
        .failed: [:],
        .aborted: [:],
    ]

    @Test(arguments: RunState.allCases, RunEvent.allCases)
    func `each state allows its events and refuses all others`(state: RunState, event: RunEvent)
        throws
    {
        if let next = Self.allowed[state]?[event] {
            #expect(try state.after(event) == next)
        } else {
            #expect { try state.after(event) } throws: { error in
                let failure = error as? Failure
                return failure?.code == .runTransitionRefused
                    && failure?.context["state"] == state.rawValue
            }
        }
    }

    @Test func `a final state is one in which nothing can happen`() {
        for state in RunState.allCases {
            #expect(state.isFinal == (Self.allowed[state]?.isEmpty == true))
            #expect(state.isFinal != RunState.unfinished.contains(state))
        }
    }
}
