// What a replication log says of itself before its records.
//
//      0   8  magic "MUSTRLOG"
//      8   4  version, 1 or 2
//     12   4  bytes of this header, the hash at its end included
//     16   1  direction: 1 forward (replication log), 2 backward (undo log)
//     17   1  kind of the point: 0 standard, 1 app-consistent
//     18   1  codec: 0 none, 1 zstd, 2 none but zeros left out
//     19   1  seal: 0 none, 1 sealed under a key of its own (from version 2 on)
//     20   4  block size in bytes
//     24   8  generation
//     32   8  sequence of the point it leads to
//     40   8  sequence of the point it leads from
//     48   8  the instant of the cut it leads to, microseconds since 1970 UTC
//     56  16  hash of the log before it; zero when it is the first
//     72   4  number of disks
//     76      the machine's name: 2 bytes of length, UTF-8
//             per disk: its name in the same form, 8 bytes of size
//             the consistency group's name in the same form, empty without one; 8 bytes of the
//             group's instant; 1 byte of its kind, as at 17
//             why the point is not of the kind that was wanted, in the same form; empty mostly
//             of a sealed log: its key, wrapped by the owner's, 60 bytes (`LogSeal`)
//        16  xxh3-128 of all bytes before
import Model

package struct LogHeader: Sendable, Hashable {
    package enum Direction: UInt8, Sendable, Hashable {
        case forward = 1
        case backward = 2
    }

    package enum Codec: UInt8, Sendable, Hashable {
        /// Every block as it is, zeros too.
        case none = 0
        case zstd = 1
        /// Blocks of zeros without payload, all others as they are: for what crosses nothing.
        case sparse = 2
    }

    package var direction: Direction
    package var pointKind: RecoveryPoint.Kind
    package var codec: Codec
    package var blockBytes: Int
    package var vm: String
    package var generation: Int
    package var sequence: Int
    package var baseSequence: Int
    package var cutAt: Timestamp
    package var previous: BlockHash
    package var disks: [ProtectedDisk]
    /// The version in which the log is written: the older of what its two sites speak.
    package var version: Int
    /// The log's key, wrapped by the owner's; nil when the log is not sealed.
    package var wrappedKey: [UInt8]?
    package var group: GroupInstant?
    package var warning: String?

    package init(
        direction: Direction, pointKind: RecoveryPoint.Kind, codec: Codec, blockBytes: Int,
        vm: String, generation: Int, sequence: Int, baseSequence: Int, cutAt: Timestamp,
        previous: BlockHash, disks: [ProtectedDisk], version: Int = Self.versions.upperBound
    ) {
        self.direction = direction
        self.pointKind = pointKind
        self.codec = codec
        self.blockBytes = blockBytes
        self.vm = vm
        self.generation = generation
        self.sequence = sequence
        self.baseSequence = baseSequence
        self.cutAt = cutAt
        self.previous = previous
        self.disks = disks
        self.version = version
    }

    package var isSealed: Bool { wrappedKey != nil }

    package var name: LogName { LogName(generation: generation, sequence: sequence) }

    package var point: RecoveryPoint {
        RecoveryPoint(
            sequence: sequence, generation: generation, kind: pointKind, cutAt: cutAt, group: group,
            warning: warning)
    }

    /// The same log, leading to another point.
    func leading(to sequence: Int, like point: RecoveryPoint) -> LogHeader {
        var header = self
        header.sequence = sequence
        header.cutAt = point.cutAt
        header.pointKind = point.kind
        header.group = point.group
        header.warning = point.warning
        return header
    }
}

extension LogHeader {
    static let magic: UInt64 = 0x474F_4C52_5453_554D
    package static let versions = 1...ReplicaServer.versionMax
    static let fixedBytes = 76
    /// From 4 KiB; to 64 KiB today, with room to grow.
    static let blockBytesAllowed = 4096...1 << 20

    var encoded: [UInt8] {
        var names = LogBytes()
        names.append(vm)
        for disk in disks {
            names.append(disk.name)
            names.append(disk.size.bytes)
        }
        names.append(group?.group ?? "")
        names.append(group?.cutAt.microseconds ?? 0)
        names.append(UInt8(group?.kind == .appConsistent ? 1 : 0))
        names.append(warning ?? "")
        var output = LogBytes()
        output.append(Self.magic)
        output.append(UInt32(version))
        output.append(
            UInt32(
                Self.fixedBytes + names.bytes.count + (wrappedKey?.count ?? 0) + BlockHash.bytes))
        output.append(direction.rawValue)
        output.append(UInt8(pointKind == .standard ? 0 : 1))
        output.append(codec.rawValue)
        output.append(UInt8(isSealed ? 1 : 0))
        output.append(UInt32(blockBytes))
        for number in [generation, sequence, baseSequence] { output.append(Int64(number)) }
        output.append(cutAt.microseconds)
        output.append(previous)
        output.append(UInt32(disks.count))
        let text = output.bytes + names.bytes + (wrappedKey ?? [])
        var closing = LogBytes()
        closing.append(text.withUnsafeBytes { BlockHash(of: $0) })
        return text + closing.bytes
    }

    /// Reads a header whose hash has been found right; nil when its content cannot be.
    init?(verified bytes: UnsafeRawBufferPointer) {
        var reader = LogBytesReader(bytes)
        guard reader.number(UInt64.self) == Self.magic,
            let version = reader.number(UInt32.self).map(Int.init),
            Self.versions.contains(version), reader.number(UInt32.self) != nil,
            let direction = reader.number(UInt8.self).flatMap(Direction.init),
            let kind = reader.number(UInt8.self), kind <= 1,
            let codec = reader.number(UInt8.self).flatMap(Codec.init),
            let seal = reader.number(UInt8.self), seal <= (version > 1 ? 1 : 0),
            let blockBytes = reader.number(UInt32.self).map(Int.init),
            Self.blockBytesAllowed.contains(blockBytes), blockBytes % 512 == 0,
            let generation = reader.number(Int64.self), let sequence = reader.number(Int64.self),
            let baseSequence = reader.number(Int64.self), let cutAt = reader.number(Int64.self),
            let previous = reader.hash(), let count = reader.number(UInt32.self),
            let vm = reader.text(), let disks = Self.readDisks(Int(count), &reader),
            let group = reader.text(), let groupCutAt = reader.number(Int64.self),
            let groupKind = reader.number(UInt8.self), groupKind <= 1,
            let warning = reader.text(),
            let wrappedKey = reader.bytes(seal == 0 ? 0 : LogSeal.wrappedBytes)
        else { return nil }
        self.init(
            direction: direction, pointKind: kind == 0 ? .standard : .appConsistent, codec: codec,
            blockBytes: blockBytes, vm: vm, generation: Int(generation), sequence: Int(sequence),
            baseSequence: Int(baseSequence), cutAt: Timestamp(microseconds: cutAt),
            previous: previous, disks: disks, version: version)
        if seal == 1 { self.wrappedKey = wrappedKey }
        if !group.isEmpty {
            self.group = GroupInstant(
                group: group, cutAt: Timestamp(microseconds: groupCutAt),
                kind: groupKind == 0 ? .standard : .appConsistent)
        }
        if !warning.isEmpty { self.warning = warning }
    }

    private static func readDisks(
        _ count: Int, _ reader: inout LogBytesReader
    ) -> [ProtectedDisk]? {
        var disks: [ProtectedDisk] = []
        for _ in 0..<count {
            guard let name = reader.text(), let size = reader.number(Int64.self), size >= 0 else {
                return nil
            }
            disks.append(ProtectedDisk(name: name, size: ByteCount(size)))
        }
        return disks
    }
}
