// Transports for tests: lines that break, count, say not now, or hang.
import Fabric
import Foundation
import Model

@testable import Replication

/// Hands everything to a transport that is known later: a world makes its own lab.
class LateTransport: Transport, @unchecked Sendable {
    // Unchecked: what subclasses add is behind locks.
    private let inner = Locked<(any Transport)?>(nil)

    func use(_ transport: any Transport) { inner.withLock { $0 = transport } }

    private var transport: any Transport {
        guard let transport = inner.withLock({ $0 }) else {
            preconditionFailure("a line is used before it is laid")
        }
        return transport
    }

    var reachesImages: Bool { false }

    func offer(_ shipment: Shipment, file: String?, anew: Bool) async throws -> ShipmentAnswer {
        try await transport.offer(shipment, file: nil, anew: anew)
    }

    func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        try await transport.send(piece, at: offset, of: shipment)
    }

    func finish(_ shipment: Shipment, hash: BlockHash) async throws {
        try await transport.finish(shipment, hash: hash)
    }
}

/// Counts the bytes that cross, and breaks after so many pieces.
final class CountingTransport: LateTransport, @unchecked Sendable {
    // Unchecked: the counts are behind a lock.
    private let counts = Locked((sent: 0, left: Int?.none))

    var sent: Int { counts.withLock { $0.sent } }

    func breaks(after pieces: Int?) { counts.withLock { $0.left = pieces } }

    override func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        let isBroken = counts.withLock { counts in
            guard let left = counts.left else { return false }
            counts.left = max(0, left - 1)
            return left == 0
        }
        if isBroken { throw Failure.transferInterrupted(shipment, "the test cut it") }
        counts.withLock { $0.sent += piece.count }
        try await super.send(piece, at: offset, of: shipment)
    }
}

/// Counts how many send at once; the first so many wait for one another at a gate.
final class CrowdedTransport: LateTransport, @unchecked Sendable {
    // Unchecked: the counts are behind a lock.
    private let counts = Locked((now: 0, most: 0, wanted: 0))
    private let gate = Gate()

    var most: Int { counts.withLock { $0.most } }

    /// Nobody sends on until the gate, which is reached by so many at once, is opened.
    func hold(until wanted: Int) -> Gate {
        counts.withLock { $0.wanted = wanted }
        return gate
    }

    override func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        let isFull = counts.withLock { counts in
            counts.now += 1
            counts.most = max(counts.most, counts.now)
            return counts.now >= counts.wanted
        }
        defer { counts.withLock { $0.now -= 1 } }
        if isFull { await gate.pass() } else { await gate.untilReached() }
        try await super.send(piece, at: offset, of: shipment)
    }
}

/// Takes logs as files, except while it is busy.
final class BusyTransport: Transport {
    let isBusy = Locked(false)
    let reachesImages = true

    func offer(_ shipment: Shipment, file: String?, anew: Bool) async throws -> ShipmentAnswer {
        if isBusy.withLock({ $0 }) { return .busy(retryAfter: .seconds(7)) }
        return try await local(file).offer(shipment, file: file, anew: anew)
    }

    func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        throw Failure.transferInterrupted(shipment, "it takes files only")
    }

    func finish(_ shipment: Shipment, hash: BlockHash) async throws {
        throw Failure.transferInterrupted(shipment, "it takes files only")
    }

    private func local(_ file: String?) -> LocalTransport {
        let lab = file.map { $0[..<$0.range(of: "/sites/")!.lowerBound] } ?? ""
        return LocalTransport(layout: LabLayout(lab: String(lab)), files: HostFiles())
    }
}

/// Hangs at an offer until its gate is opened.
final class StalledTransport: Transport {
    private let busy = BusyTransport()
    private let gate = Locked<Gate?>(nil)
    private let stalled = Locked(false)
    let reachesImages = true

    var isStalled: Bool { stalled.withLock { $0 } }

    func stall() -> Gate {
        let new = Gate()
        gate.withLock { $0 = new }
        return new
    }

    func offer(_ shipment: Shipment, file: String?, anew: Bool) async throws -> ShipmentAnswer {
        if let gate = gate.withLock({ $0 }) {
            stalled.withLock { $0 = true }
            await gate.pass()
            stalled.withLock { $0 = false }
        }
        return try await busy.offer(shipment, file: file, anew: anew)
    }

    func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        try await busy.send(piece, at: offset, of: shipment)
    }

    func finish(_ shipment: Shipment, hash: BlockHash) async throws {
        try await busy.finish(shipment, hash: hash)
    }
}

/// Holds those who come until it is opened; tells when the first has come.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var isReached = false
        var held: [CheckedContinuation<Void, Never>] = []
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let (passes, watchers) = state.withLock { state in
                state.isReached = true
                if !state.isOpen { state.held.append(continuation) }
                defer { state.watchers = [] }
                return (state.isOpen, state.watchers)
            }
            for watcher in watchers { watcher.resume() }
            if passes { continuation.resume() }
        }
    }

    func untilReached() async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if !state.isReached { state.watchers.append(continuation) }
                return state.isReached
            }
            if isReached { continuation.resume() }
        }
    }

    func open() {
        let held = state.withLock { state in
            state.isOpen = true
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }
}
