// Guests that write on a seat, without a call of the system, and cutters who must see every one.
import Glibc
import Model
import Testing

@testable import Fabric

@Suite struct SeatTests {
    private func folder() async throws -> (world: World, folder: String) {
        let world = try await World()
        try await world.define(isRunning: true)
        return (world, try await world.fabric.folder(of: World.oslo))
    }

    @Test func `R-25 a cut waits for a guest in the middle of a write`() async throws {
        let (world, folder) = try await folder()
        let guest = try ChangeMap.open(folder: folder)
        let cutter = try ChangeMap.open(folder: folder)
        let threads = BlockingThreads(count: 2)
        let entered = Locked(false)
        async let cut: UInt64 = threads.run {
            while !entered.withLock({ $0 }) { sched_yield() }
            return try cutter.openCut(everything: false).state.number
        }
        let before = guest.state
        let seen: CutState = try await threads.run {
            try guest.asGuest {
                entered.withLock { $0 = true }
                while !guest.flags.contains(.cutWanted) { sched_yield() }
                // The cutter has every opportunity to go on, and must not.
                for _ in 0..<2_000 { sched_yield() }
                return guest.state
            }
        }
        #expect(seen == before)
        #expect(try await cut == before.number + 1)
        withExtendedLifetime(world) {}
    }

    @Test func `nobody sits down while somebody wants to cut`() async throws {
        let (world, folder) = try await folder()
        let map = try ChangeMap.open(folder: folder)
        let seat = try #require(map.turn.withLock { map.seat(of: &$0) })
        map.raise(.cutWanted)
        #expect(!map.sit(seat))
        map.lower(.cutWanted)
        #expect(map.sit(seat))
        map.rise(seat)
        withExtendedLifetime(world) {}
    }

    @Test func `a guest that is killed on its seat holds nobody, and the seat is taken again`()
        async throws
    {
        let (world, folder) = try await folder()
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            try ChangeMap.open(folder: folder).asGuest { _ = kill(getpid(), SIGKILL) }
        }
        let map = try ChangeMap.open(folder: folder)
        _ = try map.openCut(everything: false)
        #expect(map.turn.withLock { map.seat(of: &$0) } == 0)
        try await world.write(1, at: 0)
    }

    @Test func `the guest that finds no seat writes by the lock`() async throws {
        let (world, folder) = try await folder()
        let maps = try (0...ChangeMapLayout.seats).map { _ in try ChangeMap.open(folder: folder) }
        let seats = maps.map { map in map.turn.withLock { map.seat(of: &$0) } }
        #expect(seats == Array(0..<ChangeMapLayout.seats) + [nil])
        try maps[ChangeMapLayout.seats].asGuest {
            // By the lock: no seat is sat on, and a cut would wait.
            let isFree = try maps[0].file.tryLock(.exclusive, 0..<1)
            #expect(!isFree)
        }
        withExtendedLifetime(world) {}
    }
}
