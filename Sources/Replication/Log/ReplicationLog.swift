// A whole log, opened for reading. Nothing in it is believed: header, index and trailer are checked
// when it is opened, every block when it is read. What does not hold is `replication.log_damaged`,
// which names the file and the byte; nothing of a damaged log reaches a disk.
import Fabric
import Model

package final class ReplicationLog: Sendable {
    package let path: String
    package let header: LogHeader
    /// By disk and offset.
    let records: [LogRecord]
    /// Chains this log to the next.
    package let hash: BlockHash
    /// nil when the log is not sealed, or cannot be opened.
    let seal: LogSeal?
    private let file: any DurableFile

    /// Raises `replication.log_damaged`, and `files.failed` when there is no such file.
    package convenience init(_ path: String, files: any FileSystem) throws {
        try self.init(path, files: files, opening: nil)
    }

    /// The same for a log that may be sealed; what is wrong with its seal is damage too.
    init(_ path: String, files: any FileSystem, opening: LogOpening?) throws {
        self.path = path
        file = try files.open(path, .read)
        let damage = LogDamage(path: path)
        let size = try file.size()
        let (head, header) = try Self.readHeader(file, size, damage)
        let tail = size - Int64(LogTrailer.bytes)
        let tagBytes = header.isSealed ? AuthenticatedCipher.tagBytes : 0
        let trailer = try Self.bytes(of: file, at: tail, count: LogTrailer.bytes)
            .withUnsafeBytes { LogTrailer($0, fileBytes: size, tagBytes: tagBytes) }
        guard let trailer else { throw damage.at(tail, "it has no trailer; it was cut short") }
        let index = try Self.bytes(
            of: file, at: trailer.indexPosition,
            count: Int(trailer.count) * LogRecord.indexBytes)
        let hash = head.withUnsafeBytes { head in
            index.withUnsafeBytes { LogTrailer.hash(header: head, index: $0) }
        }
        guard hash == trailer.hash else {
            throw damage.at(trailer.indexPosition, "its index is not what was written")
        }
        self.header = header
        self.hash = hash
        let tag = try Self.bytes(of: file, at: tail - Int64(tagBytes), count: tagBytes)
        seal = try Self.seal(header, opening, head, index, tag, damage)
        records = try Self.readRecords(
            index, header, from: Int64(head.count), to: trailer.indexPosition, damage)
    }

    /// What a log says of itself, without a look at the rest.
    static func header(of path: String, files: any FileSystem) throws -> LogHeader {
        let file = try files.open(path, .read)
        return try readHeader(file, try file.size(), LogDamage(path: path)).header
    }

    private static func readHeader(
        _ file: any DurableFile, _ size: Int64, _ damage: LogDamage
    ) throws -> (bytes: [UInt8], header: LogHeader) {
        guard size >= Int64(LogHeader.fixedBytes + BlockHash.bytes + LogTrailer.bytes) else {
            throw damage.at(size, "it ends before its header does")
        }
        let fixed = try bytes(of: file, at: 0, count: LogHeader.fixedBytes)
        let (magic, version, length) = fixed.withUnsafeBytes {
            (
                UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self)),
                Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
            )
        }
        guard magic == LogHeader.magic else { throw damage.at(0, "it is no replication log") }
        guard LogHeader.versions.contains(Int(version)) else {
            throw damage.at(
                8,
                "it has version \(version), and those known are 1 to "
                    + "\(LogHeader.versions.upperBound)")
        }
        let least = LogHeader.fixedBytes + BlockHash.bytes
        guard length >= least, length <= Limits.logHeaderBytesMax, Int64(length) < size else {
            throw damage.at(12, "its header cannot be \(length) bytes long")
        }
        let head = try bytes(of: file, at: 0, count: length)
        let isRight = head.withUnsafeBytes { head in
            let text = UnsafeRawBufferPointer(rebasing: head.dropLast(BlockHash.bytes))
            var reader = LogBytesReader(
                UnsafeRawBufferPointer(rebasing: head.suffix(BlockHash.bytes)))
            return reader.hash() == BlockHash(of: text)
        }
        guard isRight else { throw damage.at(0, "its header is not what was written") }
        guard let header = head.withUnsafeBytes({ LogHeader(verified: $0) }) else {
            throw damage.at(0, "its header makes no sense")
        }
        return (head, header)
    }

    private static func readRecords(
        _ index: [UInt8], _ header: LogHeader, from start: Int64, to end: Int64,
        _ damage: LogDamage
    ) throws -> [LogRecord] {
        let count = index.count / LogRecord.indexBytes
        var records: [LogRecord] = []
        records.reserveCapacity(count)
        var tail = start
        for number in 0..<count {
            let place = number * LogRecord.indexBytes
            let record = index.withUnsafeBytes {
                LogRecord(
                    index: UnsafeRawBufferPointer(
                        rebasing: $0[place..<place + LogRecord.indexBytes]))
            }
            guard let record, record.isPlausible(in: header, at: tail),
                records.last.map(record.follows) ?? true
            else { throw damage.at(end + Int64(place), "entry \(number) of its index is wrong") }
            records.append(record)
            tail = record.end
        }
        guard tail == end else { throw damage.at(tail, "its records and its index do not meet") }
        return records
    }

    private static func bytes(
        of file: any DurableFile, at offset: Int64, count: Int
    ) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
        }
    }

    /// The seal of a log whose owner's key is at hand, found right over header and index.
    private static func seal(
        _ header: LogHeader, _ opening: LogOpening?, _ head: [UInt8], _ index: [UInt8],
        _ tag: [UInt8], _ damage: LogDamage
    ) throws -> LogSeal? {
        guard let opening, let wrapped = header.wrappedKey else { return nil }
        guard let seal = LogSeal(wrapped: wrapped, owner: opening.owner, disks: opening.disks)
        else { throw damage.at(0, "its key was not wrapped by the \(opening.owner)") }
        let isRight = head.withUnsafeBytes { head in
            index.withUnsafeBytes { index in
                tag.withUnsafeBytes { seal.isTag($0, ofHeader: head, index: index) }
            }
        }
        guard isRight else { throw damage.at(0, "its header or index is not what was sealed") }
        return seal
    }

    /// Raises `replication.key_missing` when the log is sealed and was opened without its key.
    func requireOpen() throws(Failure) {
        guard header.isSealed, seal == nil else { return }
        throw Failure(
            .keyMissing,
            "\(path) is sealed, and its owner's key is not at hand; give the key file",
            context: ["file": path, "vm": header.vm])
    }

    /// Fills `target` with neighbouring records' bytes as they stand in the file, heads included.
    func readRaw(_ numbers: Range<Int>, into target: UnsafeMutableRawBufferPointer) throws {
        let start = records[numbers.lowerBound].position
        let end = records[numbers.upperBound - 1].end
        let wanted = UnsafeMutableRawBufferPointer(rebasing: target[..<Int(end - start)])
        let count = try file.read(into: wanted, at: start)
        guard count == wanted.count else {
            throw LogDamage(path: path).at(start + Int64(count), "it ends within a record")
        }
    }
}

/// Says where a log is damaged.
struct LogDamage {
    let path: String

    func at(_ offset: Int64, _ reason: String) -> Failure {
        Failure(
            .logDamaged,
            "\(path) is damaged at byte \(offset): \(reason); nothing of it was applied",
            context: ["file": path, "offset": String(offset)])
    }
}
