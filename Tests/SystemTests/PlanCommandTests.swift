// `muster plan` as people type it: how ready plans are, now and as the serving engine found it.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct PlanCommandTests {
    private static let plans = [
        "branch-to-head-office", "management-stamp", "plan-of-plans", "web-shop",
    ]

    @Test func `P-11: plan readiness looks now, and keeps nothing`() async throws {
        try await Lab.standing { lab in
            try await lab.expect(
                0, "plan", "readiness", says: ["nobody has looked yet", "muster serve"])
            try await lab.done("site", "host", "bergen", "bergen-host1", "--memory", "1GiB")
            let found = try await lab.json("plan", "readiness", "--now").list
            #expect(found.map { $0["plan"] } == Self.plans.map { .text($0) })
            #expect(found.map { $0["rehearsal"]["state"] } == Self.plans.map { _ in "never" })
            let stamp = found[1]["findings"].list.filter { $0["topic"] == "capacity" }
            #expect(stamp.count == 1)
            try await lab.expect(
                0, "plan", "readiness", "web-shop", "--now",
                says: ["web-shop", "not-ready", "lacks 3 GiB of memory", "rehearsal: never"])
            try await lab.expect(0, "plan", "readiness", says: ["nobody has looked yet"])
            try await lab.expect(
                2, "plan", "readiness", "watch-health", "--now", says: ["is a runbook, not a plan"])
        }
    }

    @Test func `P-11: an engine that serves looks at every plan, and the command shows it`()
        async throws
    {
        try await Lab.standing { lab in
            var engine = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await engine.line(containing: "listening on")
            var found: [JSON] = []
            while found.count < Self.plans.count {
                found = try await lab.json("plan", "readiness").list
            }
            #expect(found.map { $0["plan"] } == Self.plans.map { .text($0) })
            #expect(found.allSatisfy { $0["kind"] == "planned" })
            try await engine.stop(with: SIGTERM)
        }
    }
}
