// What replication costs the replica's disks.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct CostTests {
    @Test func `R-22 applying writes twice the changed bytes at the replica, three times in all`()
        async throws
    {
        let files = CountingFiles()
        let world = try await World(files: files, diskBytes: 16 << 20)
        try await world.protect(pointsKept: 3)
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        let changed = 48 * 65_536
        for round in 0..<3 {
            // Every other block, of what is full and of what was a hole.
            for block in 0..<48 {
                try await world.write(
                    Noise.bytes(65_536, seed: UInt64(round * 100 + block)),
                    at: Int64(80 + block * 2) * 65_536)
            }
            files.forget()
            _ = try await world.engine.sync("web")
            let frame = changed / 50
            #expect(files.written { $0.contains("/bergen/") } <= 2 * changed + frame)
            #expect(files.written { _ in true } <= 3 * changed + frame)
        }
        #expect(try await world.areEqual())
    }
}

/// The files of the system, and how many bytes were written to each.
private final class CountingFiles: FileSystem {
    private let files = HostFiles()
    private let counts = Locked<[String: Int]>([:])

    func forget() { counts.withLock { $0 = [:] } }

    func written(_ isMeant: (String) -> Bool) -> Int {
        counts.withLock { $0.filter { isMeant($0.key) }.values.reduce(0, +) }
    }

    fileprivate func count(_ bytes: Int, _ path: String) {
        counts.withLock { $0[path, default: 0] += bytes }
    }

    func open(_ path: String, _ mode: OpenMode) throws -> any DurableFile {
        CountingFile(try files.open(path, mode), self)
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

private final class CountingFile: DurableFile {
    private let file: any DurableFile
    private let files: CountingFiles

    init(_ file: any DurableFile, _ files: CountingFiles) {
        self.file = file
        self.files = files
    }

    var path: String { file.path }
    func size() throws -> Int64 { try file.size() }
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        try file.read(into: buffer, at: offset)
    }
    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws {
        files.count(buffer.count, path)
        try file.write(buffer, at: offset)
    }
    func punchHole(at offset: Int64, count: Int64) throws {
        try file.punchHole(at: offset, count: count)
    }
    func dataRanges() throws -> [Range<Int64>] { try file.dataRanges() }
    func sync() throws { try file.sync() }
}
