// What a step's card says about failure, for each failover kind.
import Model
import Orchestration
import Testing

@Suite struct StepPolicyTests {
    @Test(arguments: FailoverKind.allCases)
    func `abort is the rule for every kind, at the first failure, after ten minutes`(
        kind: FailoverKind
    ) throws {
        let policy = try StepPolicy(card: ["name": "s"], kind: kind)
        #expect(policy == StepPolicy())
        #expect(policy.onError == .abort)
        #expect(policy.retries == 0)
        #expect(policy.timeLimit == .seconds(600))
    }

    @Test(arguments: FailoverKind.allCases)
    func `one value serves every kind`(kind: FailoverKind) throws {
        let policy = try StepPolicy(
            card: ["on_error": "ask", "retries": 3, "retry_after": "2s", "time_limit": "1m"],
            kind: kind)
        #expect(policy.onError == .ask)
        #expect(policy.retries == 3)
        #expect(policy.retryAfter == .seconds(2))
        #expect(policy.timeLimit == .seconds(60))
    }

    @Test func `a table gives each kind its own, and the rest the rule`() throws {
        let card: Value = [
            "on_error": ["unplanned": "continue", "test": "ask"], "retries": ["planned": 2],
            "time_limit": ["unplanned": "30s"],
        ]
        let unplanned = try StepPolicy(card: card, kind: .unplanned)
        #expect(unplanned.onError == .continue)
        #expect(unplanned.retries == 0)
        #expect(unplanned.timeLimit == .seconds(30))
        let planned = try StepPolicy(card: card, kind: .planned)
        #expect(planned.onError == .abort)
        #expect(planned.retries == 2)
        #expect(planned.timeLimit == .seconds(600))
        #expect(try StepPolicy(card: card, kind: .test).onError == .ask)
        #expect(try StepPolicy(card: card, kind: .failback).onError == .abort)
    }
}
