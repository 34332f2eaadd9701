// The transport between two sites of one lab: a log gets a second name in the replica's inbox, or
// is copied when the sites stand on different devices. Where bytes must be counted, they come piece
// by piece as they would over a network.
import Fabric
import Model

package struct LocalTransport: Transport {
    private let layout: LabLayout
    private let files: any FileSystem
    private let inboxBytesMax: Int64

    package init(
        layout: LabLayout, files: any FileSystem, inboxBytesMax: Int64 = Limits.inboxBytesMax
    ) {
        self.layout = layout
        self.files = files
        self.inboxBytesMax = inboxBytesMax
    }

    package var reachesImages: Bool { true }

    package func offer(
        _ shipment: Shipment, file: String?, anew: Bool
    ) async throws -> ShipmentAnswer {
        try await at(shipment) { try $0.offer(shipment, file: file, anew: anew) }
    }

    package func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        try await at(shipment) { try $0.send(piece, at: offset, of: shipment) }
    }

    package func finish(_ shipment: Shipment, hash: BlockHash) async throws {
        try await at(shipment) { try $0.finish(shipment, hash: hash) }
    }

    private func at<Result: Sendable>(
        _ shipment: Shipment, _ work: @escaping @Sendable (Inbox) throws -> Result
    ) async throws -> Result {
        let folder = layout.folder(of: shipment.vm, at: shipment.target, in: shipment.place)
        let inbox = Inbox(folder: folder, files: files, bytesMax: inboxBytesMax)
        return try await BlockingThreads.shared.run { try work(inbox) }
    }
}
