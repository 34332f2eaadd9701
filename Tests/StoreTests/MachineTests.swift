// Claims on vms, protections, recovery points, decisions and events.
import Model
import Store
import Testing

@Suite struct MachineTests {
    let lab: Lab
    let store: Store
    let first = RunID(1)
    let second = RunID(2)

    init() async throws {
        lab = try Lab()
        store = try await lab.openWithRun()
        try await store.commit([.runInserted(.sample(2))])
    }

    @Test func `a claimed vm is refused to another run, which learns whose it is`() async throws {
        try await store.commit([.vmsClaimed(["sql01", "web01"], by: first, at: .second(1))])
        await #expect {
            try await store.commit([.vmsClaimed(["web02", "web01"], by: second, at: .second(2))])
        } throws: { error in
            guard let failure = error as? Failure else { return false }
            return failure.code == .vmClaimed
                && failure.context == ["vm": "web01", "run": "2", "holder": "1"]
        }
        // All or nothing: web02 was free, and is still.
        #expect(try store.claims().map(\.vm) == ["sql01", "web01"])
        #expect(try store.claims(of: second).isEmpty)
    }

    @Test func `claiming twice changes nothing, and what is released may be claimed`() async throws
    {
        try await store.commit([.vmsClaimed(["sql01", "web01"], by: first, at: .second(1))])
        try await store.commit([.vmsClaimed(["sql01"], by: first, at: .second(2))])
        #expect(try store.claims(of: first).map(\.since) == [.second(1), .second(1)])
        try await store.commit([.vmsReleased(["sql01"], by: second)])
        #expect(try store.claims().count == 2)
        try await store.commit([.vmsReleased(["sql01"], by: first)])
        try await store.commit([.vmsClaimed(["sql01"], by: second, at: .second(3))])
        try await store.commit([.claimsReleased(first)])
        #expect(
            try store.claims() == [Claim(vm: "sql01", run: second, since: .second(3))])
    }

    @Test func `of two runs that claim together one gets all and one gets none`() async throws {
        let stores = [store, try lab.open()]
        let vms = [["a", "b", "c"], ["c", "b", "d"]]
        let runs = [first, second]
        let refused = await withTaskGroup(of: Bool.self) { group in
            for index in 0...1 {
                group.addTask {
                    let change = Change.vmsClaimed(vms[index], by: runs[index], at: .second(1))
                    do {
                        try await stores[index].commit([change])
                        return false
                    } catch {
                        return Failure.isOf(.vmClaimed)(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(refused.sorted { !$0 && $1 } == [false, true])
        let held = try store.claims()
        #expect(held.count == 3 && Set(held.map(\.run)).count == 1)
    }

    @Test func `a protection is saved, replaced, and removed with its points`() async throws {
        var record = ProtectionRecord(
            summary: ProtectionSummary(.sample("sql01")), record: #"{"interval":"5m"}"#,
            updatedAt: .second(1))
        let points = [
            PointRecord(generation: 1, sequence: 2, record: "{}"),
            PointRecord(generation: 2, sequence: 1, record: #"{"kind":"standard"}"#),
        ]
        try await store.commit([
            .protectionSaved(record), .pointsReplaced(vm: "sql01", points.reversed()),
        ])
        #expect(try store.points(of: "sql01") == points)
        record.summary.state = .suspended
        try await store.commit([
            .protectionSaved(record), .pointsReplaced(vm: "sql01", [points[1]]),
        ])
        #expect(try store.protection(of: "sql01") == record)
        #expect(try store.points(of: "sql01") == [points[1]])
        #expect(try store.protectionSummaries() == [record.summary])
        var extended = record
        extended.summary.relationship = .extended
        try await store.commit([.protectionSaved(extended)])
        #expect(try store.protectionSummaries() == [record.summary, extended.summary])
        try await store.commit([.protectionRemoved(key: "sql01")])
        #expect(try store.protection(of: "sql01") == nil)
        #expect(try store.protectionSummaries() == [extended.summary])
        #expect(try store.points(of: "sql01").isEmpty)
    }

    @Test func `two points of one number are refused and the former stay`() async throws {
        let point = PointRecord(generation: 1, sequence: 1, record: "{}")
        try await store.commit([.pointsReplaced(vm: "sql01", [point])])
        await #expect {
            try await store.commit([.pointsReplaced(vm: "sql01", [point, point])])
        } throws: { Failure.isOf(.storeConflict)($0) }
        #expect(try store.points(of: "sql01") == [point])
    }

    @Test func `decisions and events are kept in their order`() async throws {
        let decision = Decision(
            who: "eva", what: "failover planned stamp", reason: "drill", at: .second(1), run: first)
        let event = Event(topic: "lease.taken", run: nil, record: "{}", at: .second(2))
        let refusal = Event(topic: "scope.refused", run: first, record: "{}", at: .second(3))
        try await store.commit([.decided(decision), .recorded(event), .recorded(refusal)])
        #expect(try store.decisions() == [decision])
        #expect(try store.decisions(of: second).isEmpty)
        #expect(try store.events() == [event, refusal])
        #expect(try store.events(of: first) == [refusal])
    }
}
