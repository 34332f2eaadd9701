// A first copy on external media, in a folder of its own:
//
//     first-copy.log    the replication log of the protection's first point (`LogWriter`)
//     manifest.json     what the log must be, in the JSON of `ExportManifest`
//
// Written in this order, each under another name, synced, renamed, the folder synced: a folder with
// a manifest is whole. It is believed when the manifest names the protection, generation, sequence
// and instant that the record expects, the log's size and hash are the manifest's, and each disk's
// hash is that of the log's records. The blocks are verified when the log is applied.
import Fabric
import Foundation
import Model

/// What an exported first copy is, and how it is recognised.
package struct ExportManifest: Sendable, Hashable, Codable {
    package struct Disk: Sendable, Hashable, Codable {
        package let name: String
        package let size: ByteCount
        package let blocks: Int
        /// Over the places and hashes of all blocks, in order.
        package let hash: String
    }

    package let key: String
    package let primary: MachineID
    package let replica: MachineID
    package let generation: Int
    package let sequence: Int
    package let cutAt: Timestamp
    package let logBytes: Int64
    package let logHash: String
    package let disks: [Disk]
}

struct ExportFolder: Sendable {
    let path: String
    let files: any FileSystem

    private var manifestPath: String { "\(path)/manifest.json" }
    var logPath: String { "\(path)/first-copy.log" }

    /// Writes the log and its manifest; durable when it returns. An earlier export gives way.
    func write(
        _ header: LogHeader, _ sources: [LogSource], _ protection: Protection,
        _ writer: LogWriter
    ) throws -> ExportManifest {
        try files.makeFolder(path)
        try files.remove(manifestPath)
        do {
            _ = try writer.write(header, sources, to: logPath + ".part")
            try writer.publish(logPath + ".part", as: logPath, in: path)
        } catch {
            // A full medium must not stay full of what is worth nothing.
            try? files.remove(logPath + ".part")
            throw error
        }
        let manifest = try ReplicationLog(logPath, files: files).manifest(
            of: protection, bytes: files.open(logPath, .read).size())
        try write(manifest)
        return manifest
    }

    private func write(_ manifest: ExportManifest) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = try encoder.encode(manifest)
        let file = try files.open(manifestPath + ".part", .create)
        try text.withUnsafeBytes { try file.write($0, at: 0) }
        try file.sync()
        try files.rename(manifestPath + ".part", to: manifestPath)
        try files.syncFolder(path)
    }

    /// Raises `replication.media_refused` when there is none, or none that can be read.
    func manifest() throws -> ExportManifest {
        guard try files.stamp(manifestPath) != nil else {
            throw refusal("there is no manifest.json; the export was not finished")
        }
        let file = try files.open(manifestPath, .read)
        let size = min(try file.size(), Int64(Limits.logHeaderBytesMax))
        let bytes = try [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, used in
            used = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
        }
        do {
            return try JSONDecoder().decode(ExportManifest.self, from: Data(bytes))
        } catch {
            throw refusal("its manifest.json cannot be read: \(error)")
        }
    }

    /// Raises `replication.media_refused` unless the folder holds what this protection exported.
    func check(_ protection: Protection) throws {
        let manifest = try manifest()
        guard manifest.key == protection.key, manifest.replica == protection.replica,
            manifest.generation == protection.generation,
            manifest.sequence == protection.appliedSequence + 1,
            manifest.cutAt == protection.terms.exportedAt
        else {
            throw refusal(
                "it is the copy of \(manifest.key) for \(manifest.replica), cut at "
                    + "\(manifest.cutAt), and not the last export of \(protection.key)")
        }
        guard try files.stamp(logPath) != nil else { throw refusal("its log is not there") }
        let found = try ReplicationLog(logPath, files: files).manifest(
            of: protection, bytes: files.open(logPath, .read).size())
        guard found == manifest else { throw refusal("its log is not the manifest's") }
    }

    private func refusal(_ reason: String) -> Failure {
        Failure(
            .mediaRefused, "\(path) holds no first copy that can be taken: \(reason)",
            context: ["folder": path])
    }
}

extension ReplicationLog {
    fileprivate func manifest(of protection: Protection, bytes: Int64) -> ExportManifest {
        ExportManifest(
            key: protection.key, primary: protection.primary, replica: protection.replica,
            generation: header.generation, sequence: header.sequence, cutAt: header.cutAt,
            logBytes: bytes, logHash: hash.description,
            disks: header.disks.enumerated().map { number, disk in
                let own = records.filter { $0.disk == UInt32(number) }
                return ExportManifest.Disk(
                    name: disk.name, size: disk.size, blocks: own.count, hash: own.contentHash)
            })
    }
}

extension [LogRecord] {
    fileprivate var contentHash: String {
        var output = LogBytes()
        for record in self {
            output.append(record.offset)
            output.append(record.hash)
        }
        return output.bytes.withUnsafeBytes { BlockHash(of: $0) }.description
    }
}
