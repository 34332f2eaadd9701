// What should be: every version of every block, and the disks of every cut, kept in memory and
// nothing else. It knows no logs, no points, no order of writes.
import Model

struct ReferenceModel: Sendable {
    static let blockBytes = 4096
    /// A disk as the versions of its blocks; version 0 is zeros.
    typealias Disk = [Int]

    private(set) var disks: [MachineID: [Disk]] = [:]
    /// The disks at each cut, by machine and instant.
    private(set) var cuts: [String: [Timestamp: [Disk]]] = [:]
    private var latest = 0

    mutating func make(_ id: MachineID, blocks: [Int]) {
        disks[id] = blocks.map { [Int](repeating: 0, count: $0) }
    }

    mutating func write(_ id: MachineID, disk: Int, block: Int) -> Int {
        latest += 1
        disks[id]![disk][block] = latest
        return latest
    }

    mutating func grow(_ id: MachineID, disk: Int) { disks[id]![disk].append(0) }

    mutating func cut(_ id: MachineID, at instant: Timestamp) {
        cuts[id.name, default: [:]][instant] = disks[id]
    }

    /// The machine's disks become those of a cut.
    mutating func bring(_ id: MachineID, to instant: Timestamp) {
        disks[id] = cuts[id.name]?[instant]
    }

    /// The bytes of one version of a block: zeros, one byte repeated, or noise.
    static func bytes(ofVersion version: Int) -> [UInt8] {
        switch version {
        case 0: [UInt8](repeating: 0, count: blockBytes)
        case _ where version % 7 == 0: [UInt8](repeating: 0, count: blockBytes)
        case _ where version % 2 == 0:
            [UInt8](repeating: UInt8(truncatingIfNeeded: version), count: blockBytes)
        default: Noise.bytes(blockBytes, seed: UInt64(version))
        }
    }
}
