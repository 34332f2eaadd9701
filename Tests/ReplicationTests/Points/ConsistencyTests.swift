// Application-consistent points: when they are made, what they hold, and what becomes of them when
// a guest cannot be brought to rest.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct ConsistencyTests {
    private func kinds(_ world: World) async throws -> [RecoveryPoint.Kind] {
        try await world.engine.points(of: "web").map(\.kind)
    }

    @Test func `R-12: every four hours a point is application-consistent, or as often as is set`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 24)
        for _ in 0..<5 {
            world.clock.advance(.seconds(3600))
            _ = try await world.engine.sync("web")
        }
        let (plain, rested) = (RecoveryPoint.Kind.standard, RecoveryPoint.Kind.appConsistent)
        #expect(try await kinds(world) == [plain, plain, plain, plain, rested, plain])
        _ = try await world.engine.setConsistency(of: "web", everyHours: 1, operation: "hourly")
        #expect(try await world.engine.operation("hourly", of: "web")?.verb == "setConsistency")
        world.clock.advance(.seconds(3600))
        _ = try await world.engine.sync("web")
        #expect(try await kinds(world).last == rested)
        _ = try await world.engine.setConsistency(of: "web", everyHours: 0)
        world.clock.advance(.seconds(100 * 3600))
        _ = try await world.engine.sync("web")
        #expect(try await kinds(world).last == plain)
        await #expect(
            code {
                _ = try await world.engine.setConsistency(of: "web", everyHours: 25)
            } == .usage)
    }

    @Test func `R-12: hours out of range are refused when protecting`() async throws {
        let world = try await World()
        let options = ProtectionOptions(target: "bergen", consistentEveryHours: -1)
        await #expect(
            code { _ = try await world.engine.protect(World.oslo, options) } == .usage)
    }

    @Test func `R-12: a consistent point holds whole transactions, whatever the applications do`()
        async throws
    {
        let world = try await World.replicating()
        let image = try DiskImage(
            folder: try await world.fabric.folder(of: World.oslo), disk: world.disk)
        let isOver = Locked(false)
        // On a thread of its own: it is held, and must not hold the tests' own threads.
        async let writer: Void = BlockingThreads(count: 1).run {
            var number: Int64 = 0
            while !isOver.withLock({ $0 }) {
                number += 1
                // The same number in three blocks: one transaction.
                try image.transaction {
                    for block in 0..<3 {
                        try withUnsafeBytes(of: number) {
                            try image.write(at: Int64(block) * 65_536, $0)
                        }
                    }
                }
            }
        }
        for _ in 0..<8 {
            let point = try await world.engine.sync("web", kind: .appConsistent)
            #expect(point.kind == .appConsistent)
            let replica = try await world.bytes(World.bergen)
            let numbers = (0..<3).map { block in
                replica.withUnsafeBytes {
                    $0.loadUnaligned(fromByteOffset: block * 65_536, as: Int64.self)
                }
            }
            let isBefore = numbers.allSatisfy { $0 < 0 || $0 > 1 << 40 }
            #expect(isBefore || Set(numbers).count == 1, "\(numbers)")
        }
        isOver.withLock { $0 = true }
        try await writer
    }

    @Test func `R-12: F-10: a guest that cannot be quiesced gets a standard point that says why`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 24)
        let failure = Failure(.quiesceFailed, "the guest's agent does not answer")
        let plan = FaultPlan([.init(.before, .quiesce, failure: failure)])
        let log = EffectLog()
        let engine = world.engine(on: FaultyFabric(world.fabric, plan: plan, log: log))
        world.clock.advance(.seconds(4 * 3600))
        try await world.write([1], at: 0)
        let point = try await engine.sync("web")
        #expect(point.kind == .standard)
        #expect(point.warning == "the guest's agent does not answer")
        // It is not asked in every cycle: while it is asked its applications wait.
        world.clock.advance(.seconds(300))
        #expect(try await engine.sync("web").warning == nil)
        #expect(log.entries.filter { $0.call == .quiesce }.count == 1)
        world.clock.advance(.seconds(3300))
        #expect(try await engine.sync("web").kind == .appConsistent)
        let kept = try await engine.points(of: "web")
        #expect(kept.map(\.warning) == [nil, "the guest's agent does not answer", nil])
        #expect(try await world.areEqual())
    }

    @Test func `R-12: an application that hangs in a transaction is not held beyond the limit`()
        async throws
    {
        let world = try await World.replicating()
        let engine = world.engine(on: world.fabric, quiesceLimit: .milliseconds(5))
        let image = try DiskImage(
            folder: try await world.fabric.folder(of: World.oslo), disk: world.disk)
        let (asked, answered) = (AsyncStream.makeStream(of: Void.self), DispatchSemaphore(value: 0))
        async let application: Void = BlockingThreads(count: 1).run {
            try image.transaction {
                asked.continuation.yield()
                answered.wait()
            }
        }
        for await _ in asked.stream { break }
        let made = try await engine.sync("web", kind: .appConsistent)
        answered.signal()
        try await application
        #expect(made.kind == .standard)
        #expect(made.warning?.contains("did not come to rest") == true)
        let patient = world.engine(on: world.fabric, quiesceLimit: .seconds(60))
        #expect(try await patient.sync("web", kind: .appConsistent).kind == .appConsistent)
    }

    @Test func `R-12: a consistent cut that was delivered and not recorded keeps its kind`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 2)
        world.clock.advance(.seconds(3600))
        try await world.write([1], at: 0)
        // Dies at the record: the log is in the inbox, and names what it leads to.
        world.ledger.refusal.withLock { $0 = Failure(.fileSystem, "the record is refused") }
        await #expect(
            code { _ = try await world.engine.sync("web", kind: .appConsistent) } == .fileSystem)
        world.ledger.refusal.withLock { $0 = nil }
        world.clock.advance(.seconds(60))
        _ = try await world.engine.sync("web")
        #expect(try await kinds(world) == [.appConsistent, .standard])
    }
}

extension World {
    /// Another engine over the same lab.
    func engine(
        on fabric: any FabricProvider, quiesceLimit: Duration = .seconds(60)
    ) -> ReplicationEngine {
        ReplicationEngine(
            fabric: fabric, ledger: ledger, clock: clock, lab: folder, files: HostFiles(),
            transport: nil, workers: 1, order: ApplyStep.order, quiesceLimit: quiesceLimit)
    }
}
