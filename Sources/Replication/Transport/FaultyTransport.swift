// A transport with faults: the same interface, and calls that are dropped, delayed, doubled,
// spoilt or cut off in their middle. Ships with the product: a rehearsal asks what replication does
// on a bad line. Everything crosses it as bytes, in pieces, so that every piece can suffer.
import Model

package final class FaultyTransport: Transport {
    private struct State {
        var faults: TransportFaults
        var struck: [TransportFaults.Fault: Int] = [:]
        var isDown = false
    }

    private let transport: any Transport
    private let clock: any WallClock
    private let state: Locked<State>

    package init(_ transport: any Transport, faults: TransportFaults, clock: any WallClock) {
        self.transport = transport
        self.clock = clock
        state = Locked(State(faults: faults))
    }

    package var reachesImages: Bool { false }

    /// How often each fault has struck.
    package var struck: [TransportFaults.Fault: Int] { state.withLock { $0.struck } }

    /// Takes the line down until it is brought up again: every call is dropped.
    package func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

    package func offer(
        _ shipment: Shipment, file: String?, anew: Bool
    ) async throws -> ShipmentAnswer {
        try await suffering(shipment) {
            try await transport.offer(shipment, file: nil, anew: anew)
        }
    }

    package func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        let fault = state.withLock { state in
            state.isDown ? .drop : state.faults.next()
        }
        switch fault {
        case .corrupt where !piece.isEmpty:
            note(.corrupt)
            try await transport.send(spoilt(piece), at: offset, of: shipment)
        case .cut:
            note(.cut)
            let count = state.withLock { $0.faults.number(below: piece.count) }
            try await transport.send(Array(piece[..<count]), at: offset, of: shipment)
            throw Failure.transferInterrupted(shipment, "the line was cut on purpose")
        default:
            try await suffering(fault, shipment) {
                try await transport.send(piece, at: offset, of: shipment)
            }
        }
    }

    package func finish(_ shipment: Shipment, hash: BlockHash) async throws {
        try await suffering(shipment) { try await transport.finish(shipment, hash: hash) }
    }

    private func suffering<Result: Sendable>(
        _ shipment: Shipment, _ call: () async throws -> Result
    ) async throws -> Result {
        let fault = state.withLock { state in
            state.isDown ? .drop : state.faults.next()
        }
        return try await suffering(fault, shipment, call)
    }

    private func suffering<Result: Sendable>(
        _ fault: TransportFaults.Fault?, _ shipment: Shipment,
        _ call: () async throws -> Result
    ) async throws -> Result {
        guard let fault else { return try await call() }
        note(fault)
        switch fault {
        case .drop:
            throw Failure.transferInterrupted(shipment, "a call was dropped on purpose")
        case .loseAnswer, .cut, .corrupt:
            // A call without bytes can be cut or spoilt in its answer only, which is then lost.
            _ = try await call()
            throw Failure.transferInterrupted(shipment, "an answer was lost on purpose")
        case .delay:
            let delay = state.withLock { $0.faults.delay() }
            try await clock.sleep(until: clock.now + delay)
            return try await call()
        case .duplicate:
            _ = try await call()
            return try await call()
        }
    }

    private func note(_ fault: TransportFaults.Fault) {
        state.withLock { $0.struck[fault, default: 0] += 1 }
    }

    private func spoilt(_ piece: [UInt8]) -> [UInt8] {
        var spoilt = piece
        state.withLock { state in
            spoilt[state.faults.number(below: piece.count)] ^= 1 << state.faults.number(below: 8)
        }
        return spoilt
    }
}
