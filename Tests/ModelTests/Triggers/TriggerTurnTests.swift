// What a trigger makes of what it sees, as a dialogue; and which calls from outside are believed.
import Testing

@testable import Model

@Suite struct TriggerTurnTests {
    private static let now = Timestamp(microseconds: 1_772_323_200_000_000)

    private func trigger(
        _ cause: RunTrigger.Cause, scope: String? = nil,
        _ narrow: (inout RunTrigger.Filter) -> Void = { _ in }
    ) -> RunTrigger {
        var filter = RunTrigger.Filter()
        narrow(&filter)
        return RunTrigger(
            name: "new", on: cause, filter: filter, runbook: "protect", scope: scope, by: "eva",
            createdAt: Self.now)
    }

    private func subject(_ mark: String?, _ facts: [String: String] = [:]) -> TriggerSubject {
        var subject = TriggerSubject("web9", mark: mark)
        subject.facts = facts
        subject.site = "oslo"
        subject.subscription = "contoso"
        subject.tags = ["web", "shop"]
        return subject
    }

    @Test func `B-8: a machine that appears fires once, and again when it was gone`() {
        let trigger = trigger(.vmAppeared)
        #expect(trigger.turn(of: subject("oslo"), after: nil) == .fired)
        #expect(trigger.turn(of: subject("oslo"), after: "oslo") == .nothing)
        #expect(trigger.turn(of: subject("bergen"), after: "oslo") == .marked)
        #expect(trigger.turn(of: subject(nil), after: "oslo") == .marked)
        #expect(trigger.turn(of: subject(nil), after: nil) == .nothing)
    }

    @Test func `B-8: what the filter does not want is known, and starts nothing`() {
        let wanted: [(inout RunTrigger.Filter) -> Void] = [
            { $0.site = "oslo" }, { $0.subscription = "contoso" }, { $0.tag = "shop" },
        ]
        let unwanted: [(inout RunTrigger.Filter) -> Void] = [
            { $0.site = "bergen" }, { $0.subscription = "fabrikam" }, { $0.tag = "sql" },
        ]
        for narrow in wanted {
            let turn = trigger(.vmAppeared, narrow).turn(of: subject("oslo"), after: nil)
            #expect(turn == .fired)
        }
        for narrow in unwanted {
            let turn = trigger(.vmAppeared, narrow).turn(of: subject("oslo"), after: nil)
            #expect(turn == .marked)
        }
        let foreign = trigger(.vmAppeared, scope: "fabrikam")
        #expect(foreign.turn(of: subject("oslo"), after: nil) == .marked)
    }

    @Test func `B-8: a health that changes fires, and a protection begins with a warning`() {
        let any = trigger(.healthChanged)
        let critical = trigger(.healthChanged) { $0.health = .critical }
        func seen(_ health: String) -> TriggerSubject { subject(health, ["health": health]) }
        #expect(any.turn(of: seen("warning"), after: nil) == .marked)
        #expect(any.turn(of: seen("critical"), after: nil) == .fired)
        #expect(any.turn(of: seen("normal"), after: "warning") == .fired)
        #expect(critical.turn(of: seen("normal"), after: "warning") == .marked)
        #expect(critical.turn(of: seen("critical"), after: "normal") == .fired)
        #expect(critical.turn(of: seen("critical"), after: "critical") == .nothing)
    }

    @Test func `B-8: a run fires no trigger that led to it`() {
        let failed = trigger(.runEnded) { $0.state = .failed }
        var run = subject("17", ["state": "failed"])
        #expect(failed.turn(of: run, after: "16") == .fired)
        run.lineage = ["other"]
        #expect(failed.turn(of: run, after: "16") == .fired)
        run.lineage = ["other", "new"]
        #expect(failed.turn(of: run, after: "16") == .marked)
        #expect(failed.turn(of: subject("18", ["state": "completed"]), after: "17") == .marked)
    }

    @Test func `M-3: HMAC-SHA256 is that of RFC 4231`() {
        #expect(
            Signature.hmac(Array("what do ya want for nothing?".utf8), secret: "Jefe")
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test(
        arguments: [
            ("1772323200", nil), ("1772322900", nil), ("1772322899", "hook.out_of_time"),
            ("1772323201", "hook.out_of_time"), ("-5", "hook.out_of_time"),
            ("9999999999999999999", "hook.out_of_time"), ("now", "hook.out_of_time"),
            (nil, "hook.signature_wrong"),
        ] as [(String?, String?)])
    func `B-8: a call is believed for five minutes, and never before it was made`(
        timestamp: String?, code: String?
    ) {
        let heard = Result { () throws(Failure) in
            let digits = Signature.of([1, 2], at: timestamp ?? "", secret: "s")
            try CallSignature(
                timestamp: timestamp, signature: "sha256=\(digits)", now: Self.now
            ).require("s", for: [1, 2])
        }
        #expect(heard.failure?.code.name == code)
    }

    @Test func `B-8: a signature is of this body, this time stamp and this secret`() throws {
        let digits = Signature.of(Array("a".utf8), at: "1772323200", secret: "secret")
        let call = try CallSignature(
            timestamp: "1772323200", signature: "sha256=\(digits)", now: Self.now)
        try call.require("secret", for: Array("a".utf8))
        for (secret, body) in [("secret", "b"), ("other", "a"), (nil, "a")] as [(String?, String)] {
            let failure = #expect(throws: Failure.self) {
                try call.require(secret, for: Array(body.utf8))
            }
            #expect(failure?.code == .signatureWrong)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
