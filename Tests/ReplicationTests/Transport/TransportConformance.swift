// One suite for every transport. A transport's tests call `exercise(transport:received:)`; the
// transport carries between `oslo` and `bergen`, and nothing has crossed it yet.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

/// Holds a transport to the words of `Transport`. `received` is the log as the replica will apply
/// it; nil while it is not there.
func exercise(
    transport: any Transport, received: @escaping (Shipment) throws -> [UInt8]?
) async throws {
    let line = Line(transport: transport, received: received)
    try await line.carriesWhole()
    try await line.acknowledgesOnce()
    try await line.goesOnWhereItBroke()
    try await line.beginsAnewWhenTheBeginningDiffers()
    try await line.refusesGapsAndShortEnds()
    try await line.refusesWhatWasSpoilt()
    try await line.keepsMachinesAndGenerationsApart()
    try await line.carriesNothing()
}

private struct Line {
    let transport: any Transport
    let received: (Shipment) throws -> [UInt8]?

    private func shipment(_ sequence: Int, _ bytes: [UInt8], vm: String = "web") -> Shipment {
        Shipment(
            vm: vm, name: LogName(generation: 1, sequence: sequence), source: "oslo",
            target: "bergen", bytes: Int64(bytes.count))
    }

    private func hash(_ bytes: some Sequence<UInt8>) -> BlockHash {
        Array(bytes).withUnsafeBytes { BlockHash(of: $0) }
    }

    private func begins(_ shipment: Shipment) async throws {
        let answer = try await transport.offer(shipment, file: nil, anew: false)
        #expect(answer == .goOn(from: 0, hash: hash([])))
    }

    func carriesWhole() async throws {
        let bytes = Noise.bytes(300_000, seed: 1)
        let shipment = shipment(1, bytes)
        try await begins(shipment)
        for start in stride(from: 0, to: bytes.count, by: 100_000) {
            try await transport.send(
                Array(bytes[start..<start + 100_000]), at: Int64(start), of: shipment)
            #expect(try received(shipment) == nil)
        }
        try await transport.finish(shipment, hash: hash(bytes))
        #expect(try received(shipment) == bytes)
    }

    /// Whatever is asked about a log that was acknowledged, it stays what it is.
    func acknowledgesOnce() async throws {
        let first = Noise.bytes(1000, seed: 2)
        let shipment = shipment(2, first)
        try await begins(shipment)
        try await transport.send(first, at: 0, of: shipment)
        try await transport.finish(shipment, hash: hash(first))
        for anew in [false, true] {
            let answer = try await transport.offer(shipment, file: nil, anew: anew)
            #expect(answer == .acknowledged)
        }
        let other = Noise.bytes(1000, seed: 3)
        try await transport.send(other, at: 0, of: shipment)
        try await transport.finish(shipment, hash: hash(other))
        #expect(try received(shipment) == first)
    }

    func goesOnWhereItBroke() async throws {
        let bytes = Noise.bytes(5000, seed: 4)
        let shipment = shipment(3, bytes)
        try await begins(shipment)
        try await transport.send(Array(bytes[..<2000]), at: 0, of: shipment)
        let answer = try await transport.offer(shipment, file: nil, anew: false)
        #expect(answer == .goOn(from: 2000, hash: hash(bytes[..<2000])))
        // A piece may come twice.
        for _ in 1...2 {
            try await transport.send(Array(bytes[2000..<3000]), at: 2000, of: shipment)
        }
        try await transport.send(Array(bytes[3000...]), at: 3000, of: shipment)
        try await transport.finish(shipment, hash: hash(bytes))
        #expect(try received(shipment) == bytes)
    }

    func beginsAnewWhenTheBeginningDiffers() async throws {
        let (old, bytes) = (Noise.bytes(7000, seed: 5), Noise.bytes(4000, seed: 6))
        let shipment = shipment(4, bytes)
        try await begins(shipment)
        try await transport.send(old, at: 0, of: shipment)
        let answer = try await transport.offer(shipment, file: nil, anew: false)
        #expect(answer == .goOn(from: 7000, hash: hash(old)))
        let again = try await transport.offer(shipment, file: nil, anew: true)
        #expect(again == .goOn(from: 0, hash: hash([])))
        try await transport.send(bytes, at: 0, of: shipment)
        try await transport.finish(shipment, hash: hash(bytes))
        #expect(try received(shipment) == bytes)
    }

    func refusesGapsAndShortEnds() async throws {
        let bytes = Noise.bytes(3000, seed: 7)
        let shipment = shipment(5, bytes)
        #expect(
            await code { try await transport.send([1], at: 0, of: shipment) }
                == .transferInterrupted)
        #expect(
            await code { try await transport.finish(shipment, hash: hash(bytes)) }
                == .transferInterrupted)
        try await begins(shipment)
        try await transport.send(Array(bytes[..<1000]), at: 0, of: shipment)
        #expect(
            await code {
                try await transport.send(Array(bytes[2000...]), at: 2000, of: shipment)
            } == .transferInterrupted)
        #expect(
            await code { try await transport.finish(shipment, hash: hash(bytes)) }
                == .transferInterrupted)
        try await transport.send(Array(bytes[1000...]), at: 1000, of: shipment)
        try await transport.finish(shipment, hash: hash(bytes))
        #expect(try received(shipment) == bytes)
    }

    func refusesWhatWasSpoilt() async throws {
        let bytes = Noise.bytes(3000, seed: 8)
        var spoilt = bytes
        spoilt[1234] ^= 16
        let shipment = shipment(6, bytes)
        for wrong in [spoilt, bytes + [0]] {
            try await begins(shipment)
            try await transport.send(wrong, at: 0, of: shipment)
            #expect(
                await code { try await transport.finish(shipment, hash: hash(bytes)) }
                    == .transferDamaged)
            #expect(try received(shipment) == nil)
        }
        try await begins(shipment)
        try await transport.send(bytes, at: 0, of: shipment)
        try await transport.finish(shipment, hash: hash(bytes))
        #expect(try received(shipment) == bytes)
    }

    func keepsMachinesAndGenerationsApart() async throws {
        let (mine, yours) = (Noise.bytes(500, seed: 9), Noise.bytes(600, seed: 10))
        var later = shipment(7, mine)
        later.name.generation = 2
        for (shipment, bytes) in [(shipment(7, yours, vm: "sql"), yours), (later, mine)] {
            try await begins(shipment)
            try await transport.send(bytes, at: 0, of: shipment)
            try await transport.finish(shipment, hash: hash(bytes))
            #expect(try received(shipment) == bytes)
        }
        #expect(try received(shipment(7, mine)) == nil)
    }

    func carriesNothing() async throws {
        let shipment = shipment(8, [])
        try await begins(shipment)
        try await transport.finish(shipment, hash: hash([]))
        #expect(try received(shipment) == [])
    }
}

@Suite struct TransportConformanceTests {
    private let folder: TemporaryFolder
    private let local: LocalTransport
    private let layout: LabLayout

    init() throws {
        folder = try TemporaryFolder()
        layout = LabLayout(lab: folder.path("lab"))
        local = LocalTransport(layout: layout, files: HostFiles())
    }

    private func received(_ shipment: Shipment) throws -> [UInt8]? {
        let place = layout.folder(of: shipment.vm, at: shipment.target, in: shipment.place)
        let path = place.receivedLog(shipment.name)
        guard try HostFiles().stamp(path) != nil else { return nil }
        return Array(try Data(contentsOf: URL(filePath: path)))
    }

    @Test func `the local transport keeps its word`() async throws {
        try await exercise(transport: local, received: received)
    }

    @Test func `a faulty transport without faults keeps its word`() async throws {
        let faults = TransportFaults(seed: 1, percent: [:])
        try await exercise(
            transport: FaultyTransport(local, faults: faults, clock: HandClock()),
            received: received)
    }

    @Test(arguments: [TransportFaults.Fault.delay, .duplicate])
    func `a line that delays or doubles everything keeps its word`(
        _ fault: TransportFaults.Fault
    ) async throws {
        let clock = HandClock()
        let started = clock.now
        let faults = TransportFaults(seed: 1, percent: [fault: 100])
        let line = FaultyTransport(local, faults: faults, clock: clock)
        try await exercise(transport: line, received: received)
        #expect(line.struck[fault] ?? 0 > 20)
        #expect((clock.now > started) == (fault == .delay))
    }

    @Test func `a log that may be taken as a file is there at once, and twice is once`()
        async throws
    {
        try folder.write("first", [1, 2, 3])
        try folder.write("second", [4])
        let shipment = Shipment(
            vm: "web", name: LogName(generation: 1, sequence: 1), source: "oslo",
            target: "bergen", bytes: 3)
        for log in ["first", "second"] {
            let answer = try await local.offer(shipment, file: folder.path(log), anew: false)
            #expect(answer == .acknowledged)
        }
        #expect(try received(shipment) == [1, 2, 3])
        let inbox = layout.folder(of: "web", at: "bergen", in: nil).inbox
        #expect(try HostFiles().names(in: inbox) == ["0000000001-0000000001.log"])
    }

    @Test func `an inbox that is full says not now, and takes any one log when it is empty`()
        async throws
    {
        let small = LocalTransport(layout: layout, files: HostFiles(), inboxBytesMax: 100)
        var shipment = Shipment(
            vm: "web", name: LogName(generation: 1, sequence: 1), source: "oslo",
            target: "bergen", bytes: 5000)
        let bytes = Noise.bytes(5000, seed: 1)
        _ = try await small.offer(shipment, file: nil, anew: false)
        try await small.send(bytes, at: 0, of: shipment)
        try await small.finish(
            shipment, hash: bytes.withUnsafeBytes { BlockHash(of: $0) })
        shipment.name.sequence = 2
        shipment.bytes = 1
        let answer = try await small.offer(shipment, file: nil, anew: false)
        #expect(answer == .busy(retryAfter: Limits.inboxPause))
        shipment.vm = "sql"
        let other = try await small.offer(shipment, file: nil, anew: false)
        #expect(other != .busy(retryAfter: Limits.inboxPause))
    }
}
