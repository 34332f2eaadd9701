// The lead of a lab: one at a time, freed by death, fenced by its token.
import Foundation
import Model
import Store
import Testing

@Suite struct LeaseTests {
    let lab: Lab

    init() throws { lab = try Lab() }

    private static func holder(_ process: Int32, _ command: String) -> LeaseHolder {
        LeaseHolder(
            processID: process, hostName: "oslo-1", command: command, since: .second(100))
    }

    @Test func `a second engine learns who leads, and since when`() async throws {
        let store = try lab.open()
        let lease = try await Lease.acquire(in: store, holder: Self.holder(41, "muster serve"))
        let other = try lab.open()
        await #expect {
            try await Lease.acquire(in: other, holder: Self.holder(42, "muster run"))
        } throws: { error in
            Failure.isOf(.leaseHeld)(error) && "\(error)".contains("`muster serve`, process 41")
                && "\(error)".contains("since 1970-01-01T00:01:40.000Z")
        }
        #expect(try store.lastLease()?.holder == lease.holder)
    }

    @Test func `a lease given back may be taken, under a higher token`() async throws {
        let store = try lab.open()
        #expect(try !Lease.isHeld(folder: lab.folder))
        let first = try await Lease.acquire(in: store, holder: Self.holder(41, "muster serve"))
        #expect(try Lease.isHeld(folder: lab.folder))
        first.release()
        first.release()
        #expect(try !Lease.isHeld(folder: lab.folder))
        let second = try await Lease.acquire(in: store, holder: Self.holder(42, "muster serve"))
        #expect(second.token > first.token)
        first.release()
        #expect(try Lease.isHeld(folder: lab.folder))
    }

    @Test func `a leader that was overtaken can write nothing`() async throws {
        let store = try await lab.openWithRun()
        let first = try await Lease.acquire(in: store, holder: Self.holder(41, "muster serve"))
        try await store.commit([.journaled(.sample(.intent, 1))], under: first.token)
        first.release()
        let second = try await Lease.acquire(
            in: lab.open(), holder: Self.holder(42, "muster serve"))
        await #expect {
            try await store.commit([.journaled(.sample(.result, 1))], under: first.token)
        } throws: { Failure.isOf(.leaseLost)($0) }
        #expect(try store.entries(of: RunID(1)).count == 1)
        try await store.commit([.journaled(.sample(.result, 1))], under: second.token)
    }

    @Test func `a token is taken once`() async throws {
        let store = try lab.open()
        try await store.commit([.leaseTaken(LeaseToken(1), Self.holder(41, "muster serve"))])
        await #expect {
            try await store.commit([.leaseTaken(LeaseToken(1), Self.holder(42, "muster serve"))])
        } throws: { Failure.isOf(.leaseHeld)($0) }
    }

    @Test func `the death of an engine frees its lead at once and keeps its work`() async throws {
        let folder = lab.folder
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            let store = try Store(folder: folder)
            try await store.commit([.runInserted(.sample(1))])
            let holder = LeaseHolder(
                processID: getpid(), hostName: "oslo-1", command: "muster serve", since: .second(1))
            let lease = try await Lease.acquire(in: store, holder: holder)
            try await store.commit(
                [.runChanged(RunID(1), .started, at: .second(1))], under: lease.token)
            kill(getpid(), SIGKILL)
        }
        let store = try lab.open()
        #expect(try store.lastLease()?.token == LeaseToken(1))
        #expect(try store.run(RunID(1)).state == .running)
        let lease = try await Lease.acquire(in: store, holder: Self.holder(42, "muster serve"))
        #expect(lease.token == LeaseToken(2))
        try await store.commit([.runRequired(RunID(1), in: .running)], under: lease.token)
    }
}
