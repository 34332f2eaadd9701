// Writes a log's blocks and their hashes: neighbours in one write, zeros as holes.
import Fabric
import Model

struct DiskWriter: Sendable {
    private let log: ReplicationLog
    private let disks: [any DurableFile]
    private let hashes: [(any DurableFile)?]
    private let workers: Int

    init(_ application: LogApplication) throws {
        log = application.log
        workers = application.workers
        let files = application.files
        disks = try application.images.map { try files.open($0, .write) }
        hashes = try application.hashFiles.map { try $0.map { try files.open($0, .write) } }
    }

    func write() throws {
        try log.eachBatch(workers: workers) { reader, numbers in
            try reader.read(numbers)
            var filled = 0
            for run in runs(in: numbers) {
                let bytes = log.records[run].reduce(0) { $0 + Int($1.length) }
                let blocks = UnsafeRawBufferPointer(
                    rebasing: reader.blocks[filled..<filled + bytes])
                try write(run, blocks)
                filled += bytes
            }
        }
        for case (let number, let file?) in hashes.enumerated() {
            let blocks = log.extents(of: number).joined()
            try HashFile.updateNodes(over: blocks, identity(number), in: file)
        }
    }

    private func identity(_ disk: Int) -> HashFile.Identity {
        HashFile.Identity(
            generation: log.header.generation, blockBytes: log.header.blockBytes,
            diskBytes: log.header.disks[disk].size.bytes)
    }

    /// Splits records into runs that lie side by side on one disk and are all zeros, or all not.
    private func runs(in numbers: Range<Int>) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for number in numbers {
            if let last = runs.last, log.records[number].adjoins(log.records[number - 1]) {
                runs[runs.count - 1] = last.lowerBound..<number + 1
            } else {
                runs.append(number..<number + 1)
            }
        }
        return runs
    }

    private func write(_ run: Range<Int>, _ blocks: UnsafeRawBufferPointer) throws {
        let first = log.records[run.lowerBound]
        let disk = disks[Int(first.disk)]
        if first.hash == .zeros {
            try disk.punchHole(at: first.offset, count: Int64(blocks.count))
        } else {
            try disk.write(blocks, at: first.offset)
        }
        guard let file = hashes[Int(first.disk)] else { return }
        let block = BlockIndex(first.offset) / log.header.blockBytes
        try HashFile.write(
            log.records[run].map(\.hash), at: block, identity(Int(first.disk)), into: file)
    }
}

extension LogRecord {
    fileprivate func adjoins(_ earlier: LogRecord) -> Bool {
        disk == earlier.disk && offset == earlier.offset + Int64(earlier.length)
            && (hash == .zeros) == (earlier.hash == .zeros)
    }
}
