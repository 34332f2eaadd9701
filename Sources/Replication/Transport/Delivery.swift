// The sending end: brings one log to the replica's inbox over any transport. It waits suspended,
// never on a thread; what a cut connection left goes on where it broke; patience has an end, since
// the machine's other verbs wait for this one.
//
//     offer ─▶ acknowledged                                        done
//           ─▶ busy ─▶ wait as told, offer again; longer than the patience: transfer_busy
//           ─▶ goOn ─▶ the same beginning? no: offer anew
//                      pieces, each at its time ─▶ finish          done
//     interrupted, damaged: pause, offer again; too often: raised
import Fabric
import Model

struct Delivery: Sendable {
    let transport: any Transport
    let files: any FileSystem
    let clock: any WallClock
    let slots: TransferSlots
    /// What crosses is counted here; nil when the pair has no limit.
    let bandwidth: Bandwidth?

    func deliver(_ path: String, _ shipment: Shipment) async throws {
        var attempt = 1
        var busySince: Timestamp?
        while true {
            var pause = Limits.transferPause
            do {
                // Who waits for room holds no slot that another could use.
                let busy = try await slots.holding { try await attemptDelivery(path, shipment) }
                guard let busy else { return }
                pause = busy
                busySince = busySince ?? clock.now
                try checkPatience(since: busySince, pause, shipment)
            } catch let failure as Failure
                where [.transferInterrupted, .transferDamaged].contains(failure.code)
            {
                if attempt == Limits.transferAttemptsMax { throw failure }
                attempt += 1
                busySince = nil
            }
            try await clock.sleep(until: clock.now + pause)
        }
    }

    /// nil when the log is acknowledged; how long to wait when there is no room for it.
    private func attemptDelivery(
        _ path: String, _ shipment: Shipment
    ) async throws -> Duration? {
        // A file taken as it is would cross uncounted.
        let file = bandwidth == nil ? path : nil
        for anew in [false, true] {
            switch try await transport.offer(shipment, file: file, anew: anew) {
            case .acknowledged: return nil
            case .busy(let pause): return pause
            case .goOn(let position, let hash):
                let reader = try await reading { ShipmentReader(try $0.open(path, .read)) }
                let own = try await reading { _ in try reader.hash(upTo: position) }
                guard own == hash, position <= shipment.bytes else { continue }
                try await send(reader, from: position, shipment)
                return nil
            }
        }
        throw Failure.transferInterrupted(shipment, "it does not begin anew")
    }

    private func send(
        _ reader: ShipmentReader, from position: Int64, _ shipment: Shipment
    ) async throws {
        var position = position
        let count = bandwidth?.pieceBytes ?? Limits.pieceBytesMax
        while position < shipment.bytes {
            let piece = try await reading { _ in try reader.next(count) }
            if piece.isEmpty { break }
            try await bandwidth?.pass(piece.count, clock)
            try await transport.send(piece, at: position, of: shipment)
            position += Int64(piece.count)
        }
        try await transport.finish(shipment, hash: reader.hash)
    }

    private func reading<Result: Sendable>(
        _ work: @escaping @Sendable (any FileSystem) throws -> Result
    ) async throws -> Result {
        try await BlockingThreads.shared.run { [files] in try work(files) }
    }

    private func checkPatience(
        since start: Timestamp?, _ pause: Duration, _ shipment: Shipment
    ) throws(Failure) {
        guard let start, clock.now + pause > start + Limits.transferPatience else { return }
        throw Failure(
            .transferBusy,
            "\(shipment.target) has had no room for log \(shipment.name.text) of \(shipment.vm) "
                + "for \(Limits.transferPatience.text); the next cycle offers it again",
            context: ["vm": shipment.vm, "site": shipment.target])
    }
}
