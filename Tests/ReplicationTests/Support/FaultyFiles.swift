// Files that refuse at will: a full disk, a log that is spoilt on its way, a transport that breaks.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

/// Refuses writes that need room, to paths that match, as a full disk does; what is allocated can
/// be written again.
final class FullDisk: FileSystem {
    private let files: any FileSystem
    private let isFull = Locked<@Sendable (String) -> Bool>({ _ in false })
    /// Writes to let through before the disk is full.
    private let room = Locked(0)

    init(_ files: any FileSystem = HostFiles()) { self.files = files }

    func fill(after writes: Int = 0, _ isFull: @escaping @Sendable (String) -> Bool) {
        room.withLock { $0 = writes }
        self.isFull.withLock { $0 = isFull }
    }

    func free() { isFull.withLock { $0 = { _ in false } } }

    fileprivate func check(_ path: String) throws {
        guard isFull.withLock({ $0 })(path) else { return }
        let left = room.withLock { room in
            room -= 1
            return room
        }
        if left < 0 {
            throw Failure(.fileSystem, "cannot write \(path): No space left on device")
        }
    }

    func open(_ path: String, _ mode: OpenMode) throws -> any DurableFile {
        FullDiskFile(try files.open(path, mode), self)
    }
    func names(in folder: String) throws -> [String] { try files.names(in: folder) }
    func makeFolder(_ path: String) throws { try files.makeFolder(path) }
    func link(_ source: String, to target: String) throws { try files.link(source, to: target) }
    func rename(_ source: String, to target: String) throws {
        try files.rename(source, to: target)
    }
    func remove(_ path: String) throws { try files.remove(path) }
    func syncFolder(_ path: String) throws { try files.syncFolder(path) }
    func stamp(_ path: String) throws -> ImageStamp? { try files.stamp(path) }
}

private final class FullDiskFile: DurableFile {
    private let file: any DurableFile
    private let disk: FullDisk

    init(_ file: any DurableFile, _ disk: FullDisk) {
        self.file = file
        self.disk = disk
    }

    var path: String { file.path }
    func size() throws -> Int64 { try file.size() }
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        try file.read(into: buffer, at: offset)
    }
    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws {
        let end = offset + Int64(buffer.count)
        let isAllocated = try file.dataRanges().contains {
            $0.lowerBound <= offset && end <= $0.upperBound
        }
        if !isAllocated { try disk.check(path) }
        try file.write(buffer, at: offset)
    }
    func punchHole(at offset: Int64, count: Int64) throws {
        try file.punchHole(at: offset, count: count)
    }
    func dataRanges() throws -> [Range<Int64>] { try file.dataRanges() }
    func sync() throws { try file.sync() }
}

/// Delivers, and then spoils what it delivered, once.
final class SpoilingTransport: Transport {
    private let spoil = Locked<(@Sendable (inout Data) -> Void)?>(nil)
    private let lab = Locked("")

    let reachesImages: Bool

    init(reachesImages: Bool = true) { self.reachesImages = reachesImages }

    func arm(_ spoil: @escaping @Sendable (inout Data) -> Void) {
        self.spoil.withLock { $0 = spoil }
    }

    func offer(_ shipment: Shipment, file: String?, anew: Bool) async throws -> ShipmentAnswer {
        let log = try #require(file)
        lab.withLock { $0 = String(log[..<log.range(of: "/sites/")!.lowerBound]) }
        let answer = try await local.offer(shipment, file: file, anew: anew)
        if answer == .acknowledged { try spoil(shipment) }
        return answer
    }

    func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        try await local.send(piece, at: offset, of: shipment)
    }

    func finish(_ shipment: Shipment, hash: BlockHash) async throws {
        try await local.finish(shipment, hash: hash)
    }

    private var layout: LabLayout { LabLayout(lab: lab.withLock { $0 }) }
    private var local: LocalTransport { LocalTransport(layout: layout, files: HostFiles()) }

    private func spoil(_ shipment: Shipment) throws {
        guard
            let spoil = spoil.withLock({ spoil in
                defer { spoil = nil }
                return spoil
            })
        else { return }
        let folder = layout.folder(of: shipment.vm, at: shipment.target, in: shipment.place)
        let path = folder.receivedLog(shipment.name)
        var bytes = try Data(contentsOf: URL(filePath: path))
        spoil(&bytes)
        // Under another inode: what lies at the sender stays whole.
        try FileManager.default.removeItem(atPath: path)
        try bytes.write(to: URL(filePath: path))
    }
}

/// A file system that shares blocks, as far as anybody can tell; counts what is written beside.
final class SharingFiles: FileSystem {
    private let files = HostFiles()
    private let counts = Locked((clones: 0, bytes: 0))

    var clones: Int { counts.withLock { $0.clones } }
    var bytesWritten: Int { counts.withLock { $0.bytes } }
    func forget() { counts.withLock { $0 = (0, 0) } }

    fileprivate func count(_ bytes: Int) { counts.withLock { $0.bytes += bytes } }

    func clone(_ source: String, to target: String) throws -> Bool {
        let bytes = try Data(contentsOf: URL(filePath: source))
        try bytes.write(to: URL(filePath: target))
        counts.withLock { $0.clones += 1 }
        return true
    }

    func open(_ path: String, _ mode: OpenMode) throws -> any DurableFile {
        SharingFile(try files.open(path, mode), self)
    }
    func names(in folder: String) throws -> [String] { try files.names(in: folder) }
    func makeFolder(_ path: String) throws { try files.makeFolder(path) }
    func link(_ source: String, to target: String) throws { try files.link(source, to: target) }
    func rename(_ source: String, to target: String) throws {
        try files.rename(source, to: target)
    }
    func remove(_ path: String) throws { try files.remove(path) }
    func syncFolder(_ path: String) throws { try files.syncFolder(path) }
    func stamp(_ path: String) throws -> ImageStamp? { try files.stamp(path) }
}

private final class SharingFile: DurableFile {
    private let file: any DurableFile
    private let files: SharingFiles

    init(_ file: any DurableFile, _ files: SharingFiles) {
        self.file = file
        self.files = files
    }

    var path: String { file.path }
    func size() throws -> Int64 { try file.size() }
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        try file.read(into: buffer, at: offset)
    }
    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws {
        files.count(buffer.count)
        try file.write(buffer, at: offset)
    }
    func punchHole(at offset: Int64, count: Int64) throws {
        try file.punchHole(at: offset, count: count)
    }
    func dataRanges() throws -> [Range<Int64>] { try file.dataRanges() }
    func sync() throws { try file.sync() }
}
