// The receiving end of a transport, on files. What arrives stands in `inbox/G-S.log.part` until it
// is whole; then it is hashed, synced, renamed, and the folder synced: in this order, so that a log
// that has its name is what was sent, and outlives a power cut. A part that a cut of power or
// connection left is told to the sender with its hash, and goes on only if it is a beginning of
// what is sent.
import Model

/// Blocks: call it on an i/o thread.
package struct Inbox: Sendable {
    let folder: MachineFolder
    let files: any FileSystem
    /// What may wait here before it is applied; a log that comes to an empty inbox is always taken.
    let bytesMax: Int64

    func offer(_ shipment: Shipment, file: String?, anew: Bool) throws -> ShipmentAnswer {
        try files.makeFolder(folder.inbox)
        let path = folder.receivedLog(shipment.name)
        if try files.stamp(path) != nil {
            try files.syncFolder(folder.inbox)
            return .acknowledged
        }
        guard try hasRoom(for: shipment) else { return .busy(retryAfter: Limits.inboxPause) }
        if let file {
            try files.link(file, to: path + ".part")
            try name(path)
            return .acknowledged
        }
        if try anew || files.stamp(path + ".part") == nil {
            _ = try files.open(path + ".part", .create)
        }
        let (bytes, hash) = try held(path + ".part")
        return .goOn(from: bytes, hash: hash)
    }

    func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) throws {
        let path = folder.receivedLog(shipment.name)
        // A piece that comes late, after the log was acknowledged, changes nothing.
        if try files.stamp(path) != nil { return }
        guard let part = try files.stamp(path + ".part"), offset <= part.size else {
            throw Failure.transferInterrupted(
                shipment, "byte \(offset) came before those it follows")
        }
        let file = try files.open(path + ".part", .write)
        try piece.withUnsafeBytes { try file.write($0, at: offset) }
    }

    func finish(_ shipment: Shipment, hash: BlockHash) throws {
        let path = folder.receivedLog(shipment.name)
        if try files.stamp(path) != nil { return try files.syncFolder(folder.inbox) }
        guard try files.stamp(path + ".part") != nil else {
            throw Failure.transferInterrupted(shipment, "nothing of it has arrived")
        }
        let (bytes, found) = try held(path + ".part")
        guard bytes >= shipment.bytes else {
            throw Failure.transferInterrupted(
                shipment, "\(bytes) of \(shipment.bytes) bytes have arrived")
        }
        guard bytes == shipment.bytes, found == hash else {
            try files.remove(path + ".part")
            throw Failure.transferDamaged(shipment)
        }
        try files.open(path + ".part", .write).sync()
        try name(path)
    }

    private func name(_ path: String) throws {
        try files.rename(path + ".part", to: path)
        try files.syncFolder(folder.inbox)
    }

    private func hasRoom(for shipment: Shipment) throws -> Bool {
        let own = "\(shipment.name.text).log.part"
        var waiting: Int64 = 0
        for name in try files.names(in: folder.inbox) where name != own {
            waiting += try files.stamp("\(folder.inbox)/\(name)")?.size ?? 0
        }
        return waiting == 0 || waiting + shipment.bytes <= bytesMax
    }

    private func held(_ path: String) throws -> (bytes: Int64, hash: BlockHash) {
        let reader = try ShipmentReader(files.open(path, .read))
        let bytes = try reader.size()
        return (bytes, try reader.hash(upTo: bytes))
    }
}

extension Failure {
    static func transferInterrupted(_ shipment: Shipment, _ reason: String) -> Failure {
        Failure(
            .transferInterrupted,
            "the transfer of log \(shipment.name.text) of \(shipment.vm) to \(shipment.target) was "
                + "interrupted: \(reason); it goes on there at the next try",
            context: ["vm": shipment.vm, "site": shipment.target])
    }

    fileprivate static func transferDamaged(_ shipment: Shipment) -> Failure {
        Failure(
            .transferDamaged,
            "log \(shipment.name.text) of \(shipment.vm) did not arrive at \(shipment.target) as "
                + "it was sent; it is sent again from its beginning",
            context: ["vm": shipment.vm, "site": shipment.target])
    }
}
