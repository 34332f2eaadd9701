// Consistency groups: machines cut at one instant, and a point that all of them have.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct GroupTests {
    private static let database = MachineID(site: "oslo", name: "db")

    /// Two machines, replicating and running, in the group `shop`.
    private static func world(diskBytes: Int = 1 << 20) async throws -> World {
        let world = try await World(diskBytes: diskBytes)
        try await world.protect(pointsKept: 5)
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        try await world.addDatabase()
        for vm in ["web", "db"] { _ = try await world.engine.setGroup("shop", of: vm) }
        return world
    }

    /// Writes a number to both machines, web first.
    private static func count(_ number: Int64, in world: World) async throws {
        try await world.write(number.bytes, at: 0)
        try await world.write(number.bytes, at: 0, on: database)
    }

    @Test func `all members are cut at one instant while their guests write`() async throws {
        let world = try await Self.world()
        let images = [
            try DiskImage(folder: try await world.fabric.folder(of: World.oslo), disk: "disk0"),
            try DiskImage(folder: try await world.fabric.folder(of: Self.database), disk: "disk0"),
        ]
        try await Self.count(1, in: world)
        let isOver = Locked(false)
        async let writer: Void = BlockingThreads(count: 1).run {
            var number: Int64 = 1
            while !isOver.withLock({ $0 }) {
                number += 1
                for image in images {
                    try withUnsafeBytes(of: number) { try image.write(at: 0, $0) }
                }
            }
        }
        for _ in 0..<10 {
            let common = try await world.engine.cycle(group: "shop")
            #expect(common.points.keys.sorted() == ["db", "web"])
            let web = try await world.number(of: World.bergen)
            let database = try await world.number(of: MachineID(site: "bergen", name: "db"))
            // The database is as far as the web server, or one behind.
            #expect((web - 1...web).contains(database), "\(web), \(database)")
        }
        isOver.withLock { $0 = true }
        try await writer
    }

    @Test func `an older common point is chosen member by member in a failover`() async throws {
        let world = try await Self.world()
        for number in 1...4 {
            world.clock.advance(.seconds(1800))
            try await Self.count(Int64(number), in: world)
            _ = try await world.engine.cycle(group: "shop")
            // Cycles of one machine alone lie between, and are common to nobody.
            world.clock.advance(.seconds(60))
            try await world.write([9], at: 65_536)
            _ = try await world.engine.sync("web")
        }
        let common = try await world.engine.commonPoints(of: "shop")
        #expect(common.map { $0.points["db"]?.sequence } == [2, 3, 5])
        #expect(common.map(\.instant) == common.map(\.instant).sorted())
        try await world.fabric.lose("oslo")
        for vm in ["web", "db"] {
            let point = try #require(common[1].points[vm])
            _ = try await world.engine.failOver(
                vm, FailoverRequest(.unplanned, point: point.sequence))
            #expect(try await world.number(of: MachineID(site: "bergen", name: vm)) == 2)
        }
    }

    @Test(arguments: [true, false])
    func `a group cycle that dies anywhere leaves no half point and is done when asked again`(
        _ diesAfter: Bool
    ) async throws {
        // Each member's own deaths are tested one by one; here every fourth change, in both ways.
        for step in stride(from: diesAfter ? 2 : 0, to: 200, by: 4) {
            let world = try await Self.world(diskBytes: 1 << 18)
            try await Self.count(1, in: world)
            _ = try await world.engine.cycle(group: "shop", operation: "first")
            world.clock.advance(.seconds(3600))
            try await Self.count(2, in: world)
            let life = Life(endsAt: step, diesAfter: diesAfter)
            _ = try? await world.mortalEngine(life).cycle(group: "shop", operation: "second")
            let engine = world.newEngine()
            // As whoever fails over does first.
            for vm in ["db", "web"] { _ = try await engine.settle(try await engine.required(vm)) }
            for common in try await engine.commonPoints(of: "shop") {
                let expected = common.points["db"]?.sequence == 2 ? 1 : 2
                try await world.expect(common, is: Int64(expected), "step \(step)")
            }
            // Somebody writes on; what is asked again is whole, then or now.
            if life.hasEnded { try await Self.count(3, in: world) }
            let done = try await engine.cycle(group: "shop", operation: "second")
            let numbers = try await world.numbers(of: done)
            #expect(Set(numbers).count == 1, "step \(step): \(numbers)")
            #expect(try await engine.cycle(group: "shop", operation: "second") == done)
            if !life.hasEnded { return }
        }
        Issue.record("a group cycle does not end within 200 changes")
    }

    @Test func `a member that cannot take part is named, and nobody is cut`() async throws {
        let world = try await Self.world()
        _ = try await world.engine.suspend("web")
        do {
            _ = try await world.engine.cycle(group: "shop")
            Issue.record("a suspended machine was cut")
        } catch let failure as Failure {
            #expect(failure.code == .transitionRefused)
            #expect(failure.context["vm"] == "web")
        }
        #expect(try await world.engine.commonPoints(of: "shop").isEmpty)
        #expect(try await world.engine.points(of: "db").count == 1)
        await #expect(code { _ = try await world.engine.cycle(group: "shpo") } == .unknownName)
        await #expect(code { _ = try await world.engine.setGroup("../x", of: "db") } != nil)
        _ = try await world.engine.setGroup(nil, of: "web")
        #expect(try await world.engine.cycle(group: "shop").points.keys.sorted() == ["db"])
    }

    @Test func `a member whose log is lost on its way costs the common point and nothing else`()
        async throws
    {
        let files = FullDisk()
        let world = try await World.replicating(pointsKept: 5, files: files)
        try await world.addDatabase()
        for vm in ["web", "db"] { _ = try await world.engine.setGroup("shop", of: vm) }
        try await Self.count(1, in: world)
        files.fill { $0.contains("replication/web/outbox") }
        await #expect(code { _ = try await world.engine.cycle(group: "shop") } == .fileSystem)
        #expect(try await world.engine.state(of: "web") == .error)
        #expect(try await world.engine.state(of: "db") == .replicating)
        #expect(try await world.engine.commonPoints(of: "shop").isEmpty)
        files.free()
        let common = try await world.engine.cycle(group: "shop")
        #expect(try await world.numbers(of: common) == [1, 1])
        #expect(try await world.engine.state(of: "web") == .replicating)
    }

    @Test func `R-12: a common point is consistent when all members were at rest, and all say so`()
        async throws
    {
        let world = try await Self.world()
        let whole = try await world.engine.cycle(group: "shop", kind: .appConsistent)
        #expect(whole.instant.kind == .appConsistent)
        #expect(whole.points.values.map(\.kind) == [.appConsistent, .appConsistent])
        let failure = Failure(.quiesceFailed, "no agent")
        let plan = FaultPlan([.init(.before, .quiesce, of: World.oslo, failure: failure)])
        let engine = world.engine(on: FaultyFabric(world.fabric, plan: plan))
        let half = try await engine.cycle(group: "shop", kind: .appConsistent)
        #expect(half.instant.kind == .standard)
        #expect(half.points["web"]?.warning == "no agent")
        #expect(half.points["db"]?.kind == .appConsistent)
        // One that is due makes all due.
        world.clock.advance(.seconds(4 * 3600))
        let due = try await engine.cycle(group: "shop")
        #expect(due.instant.kind == .appConsistent)
    }

    @Test func `a source that cannot hold writes is in no group`() {
        let sites = SimulatedSites(sizes: [4096])
        #expect { try sites.hold() } throws: { ($0 as? Failure)?.code == .holdFailed }
        sites.release()
    }
}

extension Int64 {
    fileprivate var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}

extension World {
    fileprivate func addDatabase() async throws {
        let id = MachineID(site: "oslo", name: "db")
        let machine = VirtualMachine(id: id, host: "oslo-host")
        try await fabric.importMachine(machine, disks: [.image(path: "\(folder)/image0")])
        let options = ProtectionOptions(target: "bergen", pointsKept: 5)
        _ = try await engine.protect(id, options)
        _ = try await engine.firstCopy("db")
        try await fabric.start(id)
    }

    fileprivate func number(of id: MachineID) async throws -> Int64 {
        try await bytes(id).withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
    }

    /// The number each member has at a common point.
    fileprivate func numbers(of common: CommonPoint) async throws -> [Int64] {
        var numbers: [Int64] = []
        for (vm, point) in common.points.sorted(by: { $0.key < $1.key }) {
            let protection = try #require(try await engine.protection(of: vm))
            let id = MachineID(site: "bergen", name: vm)
            let chain = RecoveryPointChain(
                protection: protection,
                folder: LabLayout(lab: folder).folder(of: protection, at: "bergen"),
                images: [try await fabric.imagePath(of: "disk0", machine: id)], files: HostFiles())
            var number: Int64 = 0
            try withUnsafeMutableBytes(of: &number) {
                try chain.open(point.sequence).read(disk: 0, at: 0, into: $0)
            }
            numbers.append(number)
        }
        return numbers
    }

    fileprivate func expect(
        _ common: CommonPoint, is number: Int64, _ place: String
    ) async throws {
        #expect(try await numbers(of: common) == [number, number], "\(place)")
    }
}
