// The life of a run, as a table: each state with what may happen in it; all else is refused.
import Model
import Testing

@Suite struct RunStateTests {
    private static let allowed: [RunState: [RunEvent: RunState]] = [
        .queued: [
            .started: .running, .suspended: .suspended, .failed: .failed, .aborted: .aborted,
            .stopped: .stopped,
        ],
        .running: [
            .parked: .waiting, .suspended: .suspended, .completed: .completed, .failed: .failed,
            .aborted: .aborted, .stopped: .stopped,
        ],
        .waiting: [
            .woken: .running, .suspended: .suspended, .failed: .failed, .aborted: .aborted,
            .stopped: .stopped,
        ],
        .suspended: [
            .resumed: .waiting, .failed: .failed, .aborted: .aborted, .stopped: .stopped,
        ],
        .completed: [:],
        .failed: [:],
        .aborted: [:],
        .stopped: [:],
    ]

    /// What comes of a wish where it is not refused.
    private static let heard: [RunState: [RunWish: RunWish.Effect]] = [
        .queued: [.suspend: .event(.suspended), .stop: .event(.stopped), .abort: .noted],
        .running: [.suspend: .noted, .stop: .noted, .abort: .noted],
        .waiting: [.suspend: .event(.suspended), .stop: .event(.stopped), .abort: .noted],
        .suspended: [
            .resume: .event(.resumed), .stop: .event(.stopped), .abort: .notedAfter(.resumed),
        ],
    ]

    @Test(arguments: RunState.allCases, RunWish.allCases)
    func `B-1: each state hears its wishes and refuses all others`(
        state: RunState, wish: RunWish
    ) throws {
        guard let effect = Self.heard[state]?[wish] else {
            #expect { try state.hearing(wish) } throws: { error in
                let failure = error as? Failure
                return failure?.code == .runTransitionRefused
                    && failure?.context["wish"] == wish.rawValue
            }
            return
        }
        #expect(try state.hearing(wish) == effect)
        switch effect {
        case .event(let event), .notedAfter(let event):
            #expect(throws: Never.self) { try state.after(event) }
        case .noted, .lifted: break
        }
    }

    @Test func `B-1: a suspension that a running run has not obeyed can be taken back`() throws {
        #expect(try RunState.running.hearing(.resume, isSuspensionNoted: true) == .lifted)
    }

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
