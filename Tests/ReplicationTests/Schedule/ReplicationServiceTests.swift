// The service leads cycles by a clock that the test moves.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct ReplicationServiceTests {
    private let clock = ParkingClock()

    /// Collects what the service reports, and lets a test wait for it.
    private final class Reports: Sendable {
        private let list = Locked<[CycleReport]>([])

        func add(_ report: CycleReport) { list.withLock { $0.append(report) } }
        var all: [CycleReport] { list.withLock { $0 } }
        func wait(for count: Int) async {
            while list.withLock({ $0.count }) < count { await Task.yield() }
        }
    }

    private func engine(_ world: World, files: any FileSystem = HostFiles()) -> ReplicationEngine {
        ReplicationEngine(
            fabric: world.fabric, ledger: world.ledger, clock: clock, lab: world.folder,
            files: files)
    }

    @Test func `R-13 R-8 the service begins the first copy at its time and then every cycle`()
        async throws
    {
        let world = try await World()
        let engine = engine(world)
        let reports = Reports()
        let start = clock.now
        var terms = ProtectionTerms()
        terms.firstCopyAt = start + .seconds(3600)
        _ = try await engine.protect(
            World.oslo, ProtectionOptions(target: "bergen", interval: .thirtySeconds, terms: terms))
        let service = ReplicationService(engine) { reports.add($0) }
        let running = Task { try await service.run() }
        await clock.waitUntilParked(until: start + .seconds(3600))
        #expect(try await engine.state(of: "web") == .readyForInitialReplication)
        clock.advance(.seconds(3600))
        await reports.wait(for: 1)
        #expect(reports.all.first?.work == .firstCopy)
        #expect(try await engine.state(of: "web") == .replicating)
        for cycle in 1...3 {
            await clock.waitUntilParked(until: start + .seconds(3600 + 30 * cycle))
            clock.advance(.seconds(30))
            await reports.wait(for: cycle + 1)
        }
        running.cancel()
        try await running.value
        let statistics = try #require(try await engine.protection(of: "web")).statistics
        #expect(statistics.succeeded == 4)
        #expect(statistics.missed == 0)
        #expect(try await world.areEqual())
    }

    @Test func `a suspended protection is left alone, and what it misses is counted`()
        async throws
    {
        let world = try await World.replicating()
        let engine = engine(world)
        let reports = Reports()
        let service = ReplicationService(engine) { reports.add($0) }
        _ = try await engine.suspend("web")
        let start = clock.now
        let running = Task { try await service.run() }
        for cycle in 1...4 {
            await clock.waitUntilParked(until: start + .seconds(300 * cycle))
            clock.advance(.seconds(300))
        }
        while try await engine.measure("web").missed < 4 { await Task.yield() }
        #expect(reports.all.isEmpty)
        _ = try await engine.resume("web")
        await clock.waitUntilParked(until: start + .seconds(1500))
        clock.advance(.seconds(300))
        await reports.wait(for: 1)
        running.cancel()
        try await running.value
        let measure = try await engine.measure("web")
        #expect(measure.state == .replicating)
        #expect(measure.missed == 4)
        #expect(measure.health == .warning)
    }

    @Test func `R-8 continuous cycles are led back to back, and never two of one machine at once`()
        async throws
    {
        let world = try await World()
        let engine = engine(world)
        let reports = Reports()
        _ = try await engine.protect(
            World.oslo, ProtectionOptions(target: "bergen", interval: .continuous))
        let running = Task { try await ReplicationService(engine) { reports.add($0) }.run() }
        // A person begins the copy; the service sees it under way and does not make another.
        _ = try await engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        let first = reports.all.count
        for cycle in 1...20 {
            try await world.write(Noise.bytes(100, seed: UInt64(cycle)), at: 0)
            clock.advance(Limits.continuousRest)
            await reports.wait(for: first + cycle)
        }
        running.cancel()
        try await running.value
        #expect(reports.all.allSatisfy { (try? $0.result.get()) != nil })
        let statistics = try #require(try await engine.protection(of: "web")).statistics
        #expect(statistics.succeeded >= 20)
        #expect(statistics.missed == 0)
        _ = try await engine.sync("web")
        #expect(try await world.areEqual())
    }

    @Test func `cancelling the service stops a copy between two blocks and loses nothing`()
        async throws
    {
        let world = try await World(diskBytes: 16 << 20)
        try await world.protect()
        let gate = ReadGate()
        let engine = engine(world, files: GatedFiles(gate: gate))
        _ = try await engine.setFirstCopyTime(clock.now, of: "web")
        let reports = Reports()
        let running = Task { try await ReplicationService(engine) { reports.add($0) }.run() }
        await gate.waitUntilReached()
        running.cancel()
        while (try? engine.transfers.current("web")?.check()) != nil { await Task.yield() }
        gate.open()
        try await running.value
        guard case .failure(let failure) = reports.all.first?.result else {
            Issue.record("the copy was not stopped")
            return
        }
        #expect(failure.code == .transferStopped)
        let protection = try await world.protection()
        #expect(protection.state == .readyForInitialReplication)
        #expect(protection.statistics.errors == 0)
        _ = try await world.engine.firstCopy("web")
        #expect(try await world.areEqual())
    }
}

/// Holds whoever writes an image until it is opened.
final class ReadGate: Sendable {
    private let state = Locked((reached: false, open: false))

    func pass() {
        state.withLock { $0.reached = true }
        while !state.withLock({ $0.open }) { sched_yield() }
    }
    func open() { state.withLock { $0.open = true } }
    func waitUntilReached() async {
        while !state.withLock({ $0.reached }) { await Task.yield() }
    }
}

/// Files whose images are written only when the gate is open.
struct GatedFiles: FileSystem {
    let files = HostFiles()
    let gate: ReadGate

    func open(_ path: String, _ mode: OpenMode) throws -> any DurableFile {
        if case .stream = mode { gate.pass() }
        if case .create = mode, path.hasSuffix(".log.part") { gate.pass() }
        return try files.open(path, mode)
    }
    func names(in folder: String) throws -> [String] { try files.names(in: folder) }
    func makeFolder(_ path: String) throws { try files.makeFolder(path) }
    func link(_ source: String, to target: String) throws {
        try files.link(source, to: target)
    }
    func rename(_ source: String, to target: String) throws {
        try files.rename(source, to: target)
    }
    func remove(_ path: String) throws { try files.remove(path) }
    func syncFolder(_ path: String) throws { try files.syncFolder(path) }
    func stamp(_ path: String) throws -> ImageStamp? { try files.stamp(path) }
}
