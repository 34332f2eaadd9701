// Applications at rest: whoever is inside a transaction ends it, nobody enters, and nobody is held
// for ever.
import Foundation
import Glibc
import Model
import Testing

@testable import Fabric

@Suite struct QuiesceTests {
    private static let short = Duration.milliseconds(5)
    private static let long = Duration.seconds(60)

    @Test func `R-12: an application inside a transaction is waited for, and the next is held`()
        async throws
    {
        let world = try await World()
        let id = try await world.define(isRunning: true)
        let guest = try await world.guest()
        let (entered, leaves) = (Signal(), Signal())
        let threads = BlockingThreads(count: 2)
        async let first: Void = threads.run {
            try guest.transaction {
                entered.send()
                leaves.wait()
            }
        }
        try await BlockingThreads.shared.run { entered.wait() }
        #expect(
            await code { _ = try await world.fabric.quiesce(id, limit: Self.short) }
                == .quiesceFailed)
        leaves.send()
        try await first
        let held = try await world.fabric.quiesce(id, limit: Self.long)
        let isThawed = Locked(false)
        async let second: Bool = threads.run {
            try guest.transaction { isThawed.withLock { $0 } }
        }
        isThawed.withLock { $0 = true }
        #expect(await held.thaw())
        #expect(try await second)
        #expect(await !held.thaw())
    }

    @Test func `R-12: when the limit has passed the applications go on by themselves`()
        async throws
    {
        let world = try await World()
        let id = try await world.define(isRunning: true)
        let held = try await world.fabric.quiesce(id, limit: Self.short)
        let guest = try await world.guest()
        try await BlockingThreads.shared.run { try guest.transaction {} }
        #expect(await !held.thaw())
    }

    @Test func `R-12: a machine that is off is at rest, and one that is unknown is named`()
        async throws
    {
        let world = try await World()
        let id = try await world.define()
        #expect(try await world.fabric.quiesce(id, limit: Self.short).thaw())
        #expect(
            await code { _ = try await world.fabric.quiesce(World.bergen, limit: Self.short) }
                == .unknownName)
    }

    @Test func `R-12: transactions of two threads through one disk overlap`() async throws {
        let world = try await World()
        let id = try await world.define(isRunning: true)
        let guest = try await world.guest()
        let (entered, leaves) = (Signal(), Signal())
        let threads = BlockingThreads(count: 1)
        async let first: Void = threads.run {
            try guest.transaction {
                entered.send()
                leaves.wait()
            }
        }
        try await BlockingThreads.shared.run {
            entered.wait()
            try guest.transaction {}
        }
        #expect(
            await code { _ = try await world.fabric.quiesce(id, limit: Self.short) }
                == .quiesceFailed)
        leaves.send()
        try await first
        #expect(try await world.fabric.quiesce(id, limit: Self.long).thaw())
    }

    @Test func `R-12: an application that is killed inside a transaction holds nobody up`()
        async throws
    {
        let world = try await World()
        let id = try await world.define(isRunning: true)
        let folder = try await world.fabric.folder(of: id)
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            try DiskImage(folder: folder, disk: "disk0").transaction { _ = kill(getpid(), SIGKILL) }
        }
        #expect(try await world.fabric.quiesce(id, limit: Self.long).thaw())
    }

    @Test func `R-12: a rehearsed failure of quiescing holds nobody`() async throws {
        let world = try await World()
        let id = try await world.define(isRunning: true)
        let plan = FaultPlan([.init(.before, .quiesce), .init(.after, .quiesce, occurrence: 2)])
        let faulty = FaultyFabric(world.fabric, plan: plan)
        for _ in 0..<2 {
            #expect(
                await code { _ = try await faulty.quiesce(id, limit: Self.long) } == .rehearsed)
        }
        let guest = try await world.guest()
        try await BlockingThreads.shared.run { try guest.transaction {} }
    }
}

/// Lets one thread tell another.
private final class Signal: @unchecked Sendable {
    // Unchecked: a semaphore is made to be shared; it needs a fixed address.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func send() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
}
