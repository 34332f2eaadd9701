// Writes a replication log, or an undo log, which is one in the other direction:
//
//     header (LogHeader)   who, which point, which disks
//     records              40 bytes (LogRecord) and the payload, by disk and offset, without a gap
//     index                48 bytes per record: its head again, and where it stands
//     tag                  16 bytes over header and index, of a sealed log only (LogSeal)
//     trailer (LogTrailer) 48 bytes
//
// All numbers are little-endian. A log is written under another name, synced, renamed, and its
// folder synced; under its own name it is whole and never changes. Workers read, hash and compress
// chunks side by side and pass a turnstile in order to take their place in the file.
import Fabric
import Model

/// What was written.
struct WrittenLog: Sendable, Hashable {
    let hash: BlockHash
    let records: Int
    let bytes: Int64
}

struct LogWriter: Sendable {
    let files: any FileSystem
    let workers: Int
    /// The seal whose key the header carries; nil for a log that is not sealed.
    var seal: LogSeal?

    /// Writes the file at `path`, without syncing it.
    func write(
        _ header: LogHeader, _ sources: [LogSource], to path: String
    ) throws -> WrittenLog {
        let file = try files.open(path, .create)
        let head = header.encoded
        try head.withUnsafeBytes { try file.write($0, at: 0) }
        precondition(header.isSealed == (seal != nil), "a log carries the key it is sealed with")
        let tail = LogTail(
            header: header, sources: sources, seal: seal, start: Int64(head.count))
        try Workers.run(workers) {
            do { try LogWorker(tail, file).run() } catch {
                tail.turnstile.break()
                throw error
            }
        }
        return try close(file, head, tail)
    }

    /// Makes the log durable under its own name.
    func publish(_ part: String, as path: String, in folder: String) throws {
        try files.open(part, .write).sync()
        try files.rename(part, to: path)
        try files.syncFolder(folder)
    }

    private func close(
        _ file: any DurableFile, _ head: [UInt8], _ tail: LogTail
    ) throws -> WrittenLog {
        let records = tail.records
        let size = records.count * LogRecord.indexBytes
        let index = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { index.deallocate() }
        for (number, record) in records.enumerated() {
            record.encodeForIndex(
                into: UnsafeMutableRawBufferPointer(
                    rebasing: index[(number * LogRecord.indexBytes)...]))
        }
        let hash = head.withUnsafeBytes {
            LogTrailer.hash(header: $0, index: UnsafeRawBufferPointer(index))
        }
        try file.write(UnsafeRawBufferPointer(index), at: tail.position)
        var end = tail.position + Int64(size)
        if let seal {
            let tag = head.withUnsafeBytes {
                seal.tag(header: $0, index: UnsafeRawBufferPointer(index))
            }
            try tag.withUnsafeBytes { try file.write($0, at: end) }
            end += Int64(tag.count)
        }
        let trailer = LogTrailer(
            indexPosition: tail.position, count: Int64(records.count),
            fileBytes: end + Int64(LogTrailer.bytes), hash: hash)
        try trailer.encoded.withUnsafeBytes { try file.write($0, at: end) }
        return WrittenLog(hash: hash, records: records.count, bytes: trailer.fileBytes)
    }
}

/// The growing end of a log, which workers extend one by one.
final class LogTail: @unchecked Sendable {
    // Unchecked: `cursor` is touched under `lock`, `position` and `records` inside the turnstile
    // only, or after the workers have ended.
    let header: LogHeader
    let sources: [LogSource]
    let seal: LogSeal?
    let turnstile = Turnstile()
    private let lock = Turnstile.Lock()
    private var cursor: LogChunkCursor
    private(set) var position: Int64
    private(set) var records: [LogRecord] = []

    init(header: LogHeader, sources: [LogSource], seal: LogSeal?, start: Int64) {
        self.header = header
        self.sources = sources
        self.seal = seal
        cursor = LogChunkCursor(sources, blockBytes: header.blockBytes)
        position = start
    }

    func nextChunk() -> LogChunk? { lock.with { cursor.next() } }

    /// Takes the place for a chunk's records, given relative to its own start; returns where, and
    /// the number of the first.
    func reserve(
        _ number: Int, _ added: [LogRecord], bytes: Int
    ) -> (position: Int64, first: Int)? {
        turnstile.pass(number) {
            let (start, first) = (position, records.count)
            for var record in added {
                record.position += start
                records.append(record)
            }
            position += Int64(bytes)
            return (start, first)
        }
    }
}
