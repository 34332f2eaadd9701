// A ledger that remembers which states were ever saved. There are no pools beside it.
import Fabric
import Model

@testable import Replication

final class ModelLedger: ProtectionLedger {
    private let state = Locked<(records: [String: Protection], seen: Set<ProtectionState>)>(
        ([:], []))

    var records: [String: Protection] { state.withLock { $0.records } }
    var seen: Set<ProtectionState> { state.withLock { $0.seen } }

    func summaries() async throws -> [ProtectionSummary] {
        let records = records
        return records.keys.sorted().map { ProtectionSummary(records[$0]!) }
    }
    func protection(of key: String) async throws -> Protection? { records[key] }
    func save(_ protection: Protection, moving _: [AddressMove]) async throws {
        state.withLock {
            $0.records[protection.key] = protection
            $0.seen.insert(protection.state)
        }
    }
    func removeProtection(of key: String, moving _: [AddressMove]) async throws {
        state.withLock { _ = $0.records.removeValue(forKey: key) }
    }
    func addresses(of machine: MachineID) async throws -> [GivenAddress] { [] }
    func noteDisabled() { state.withLock { _ = $0.seen.insert(.disabled) } }
}

/// A line between sites that breaks where they do.
struct ModelLine: Transport {
    let inner: any Transport
    let fabric: ModelFabric

    var reachesImages: Bool { inner.reachesImages }

    private func check(_ shipment: Shipment) throws {
        for site in [shipment.source, shipment.target] {
            do { try fabric.requireReachable(site) } catch {
                throw Failure.transferInterrupted(shipment, "\(site) does not answer")
            }
        }
    }
    func offer(_ shipment: Shipment, file: String?, anew: Bool) async throws -> ShipmentAnswer {
        try check(shipment)
        return try await inner.offer(shipment, file: file, anew: anew)
    }
    func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        try check(shipment)
        try await inner.send(piece, at: offset, of: shipment)
    }
    func finish(_ shipment: Shipment, hash: BlockHash) async throws {
        try check(shipment)
        try await inner.finish(shipment, hash: hash)
    }
}
