// Some logs laid over each other: of every block the one nearest to where the logs lead. What a
// point is read through, and what logs are merged from.
import Fabric
import Model

final class LogOverlay: Sendable {
    private struct Place: Hashable {
        var disk: Int
        var block: BlockIndex
    }

    private struct Found {
        var log: Int
        var record: Int
    }

    let logs: [ReplicationLog]
    private let blockBytes: Int
    private let found: [Place: Found]

    /// `logs` in the order of their way: a later one lies nearer to its end, and what it holds is
    /// right.
    init(_ logs: [ReplicationLog], blockBytes: Int) {
        self.logs = logs
        self.blockBytes = blockBytes
        var found: [Place: Found] = [:]
        found.reserveCapacity(logs.map(\.records.count).max() ?? 0)
        for (number, log) in logs.enumerated() {
            for (record, content) in log.records.enumerated() {
                let block = BlockIndex(content.offset) / blockBytes
                found[Place(disk: Int(content.disk), block: block)] =
                    Found(log: number, record: record)
            }
        }
        self.found = found
    }

    /// The blocks of a disk that the logs hold, neighbours joined.
    func extents(of disk: Int) -> [Range<BlockIndex>] {
        found.keys.filter { $0.disk == disk }.map(\.block).sorted().reduce(into: []) {
            extents, block in
            if let last = extents.last, last.upperBound == block {
                extents[extents.count - 1] = last.lowerBound..<block + 1
            } else {
                extents.append(block..<block + 1)
            }
        }
    }

    /// The hash that the logs carry for a block; nil when they do not hold it.
    func hash(disk: Int, block: BlockIndex) -> BlockHash? {
        found[Place(disk: disk, block: block)].map { logs[$0.log].records[$0.record].hash }
    }

    /// Overwrites those parts of a disk's bytes that the logs hold; raises
    /// `replication.log_damaged`.
    func lay(
        disk: Int, at offset: Int64, over buffer: UnsafeMutableRawBufferPointer
    ) throws {
        if found.isEmpty || buffer.isEmpty { return }
        var readers = [LogBatchReader?](repeating: nil, count: logs.count)
        let first = Int(offset) / blockBytes
        let last = (Int(offset) + buffer.count - 1) / blockBytes
        for block in first...last {
            guard let place = found[Place(disk: disk, block: block)] else { continue }
            let reader = readers[place.log] ?? LogBatchReader(logs[place.log], records: 1)
            readers[place.log] = reader
            try reader.read(place.record..<place.record + 1)
            copy(reader.blocks, block, offset, buffer)
        }
    }

    private func copy(
        _ content: UnsafeMutableRawBufferPointer, _ block: BlockIndex, _ offset: Int64,
        _ buffer: UnsafeMutableRawBufferPointer
    ) {
        let start = max(Int(offset), block * blockBytes)
        let end = min(Int(offset) + buffer.count, (block + 1) * blockBytes)
        let from = start - block * blockBytes
        UnsafeMutableRawBufferPointer(rebasing: buffer[(start - Int(offset))...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: content[from..<from + end - start]))
    }
}
