// The change map's format, `changes.map` in the machine's folder; native byte order
// (little-endian).
//
//     offset  size  field
//          0     8  magic "MUSTRMAP", written last when the file is made
//          8     4  version, 2
//         12     4  disks, 1 to 31
//         16     4  bytes of a block: a power of two, 4096 to 65536
//         24     8  cut word: bit 0 the bitmap that writers mark · bits 1–2 phase (0 none yet,
//                   1 open, 2 acknowledged, 3 failed) · bit 3 everything · bits 8–63 its number
//         32     8  flags: 1 running · 2 record lost · 4 blocks of the open cut lost · 8 cut wanted
//         40    40  boot id of the kernel under which the machine runs, zero padded
//         80    48  six seats: 1 while the holder of the seat's lock writes (`ChangeMap+Seats`)
//        128   128  per disk: name (64, zero padded) · size (8) · guard: modification time in
//                   nanoseconds (8), inode (8), size (8)
//       4096     –  per disk, each rounded up to 4096 bytes: bitmap 0, bitmap 1, saved bitmap;
//                   bit n of 64-bit word w is block 64 w + n
//
// A file is valid when magic, version, block size, and every disk's name and size are those of the
// machine, and its length is what they make. An invalid one is made anew in place, with the record
// lost: a scan follows. Locks are on bytes of this file: 0 machine, 1 gate, 2 and 3 applications
// (`ApplicationDoor`), 4 to 9 seats, (disk + 1) << 48 | block a block.
import Model

struct ChangeMapLayout: Equatable, Sendable {
    struct Disk: Equatable, Sendable {
        let name: String
        let size: Int64
    }

    static let magic: UInt64 = 0x5041_4D52_5453_554D
    static let version: UInt32 = 2
    static let headerBytes = 4096
    static let diskEntryBytes = 128
    static let disksMax = 31
    /// Larger than any disk; sums of such sizes do not overflow.
    static let sizeMax: Int64 = 1 << 50
    static let cutWordOffset = 24
    static let flagsOffset = 32
    static let bootOffset = 40
    static let bootBytes = 40
    static let seatOffset = 80
    static let seats = 6
    /// Where the locks of the seats begin.
    static let seatByte: Int64 = 4

    let blockBytes: Int
    let disks: [Disk]

    init(blockBytes: Int, disks: [Disk]) throws(Failure) {
        guard (4096...65_536).contains(blockBytes), blockBytes.nonzeroBitCount == 1 else {
            throw Failure(
                .usage, "\(blockBytes) bytes cannot be a block: use 4, 8, 16, 32 or 64 KiB")
        }
        guard disks.count <= Self.disksMax else {
            throw Failure(
                .usage, "a machine has up to \(Self.disksMax) image disks; this one \(disks.count)")
        }
        self.blockBytes = blockBytes
        self.disks = disks
    }

    func blockCount(_ disk: Int) -> Int {
        Int((disks[disk].size + Int64(blockBytes) - 1) / Int64(blockBytes))
    }

    /// Bytes of one bitmap of the disk, rounded to pages.
    private func bitmapBytes(_ disk: Int) -> Int {
        (Bitmap.byteCount(blockCount: blockCount(disk)) + 4095) / 4096 * 4096
    }

    /// Where the disk's three bitmaps start; with the number of disks, where the file ends.
    func bitmapOffset(_ disk: Int, _ which: Int = 0) -> Int {
        let before = (0..<disk).reduce(Self.headerBytes) { $0 + 3 * bitmapBytes($1) }
        return which == 0 ? before : before + which * bitmapBytes(disk)
    }

    var fileBytes: Int { bitmapOffset(disks.count) }

    func entryOffset(_ disk: Int) -> Int { 128 + disk * Self.diskEntryBytes }
}

extension ChangeMapLayout {
    /// Reads the layout from a map's first page; nil when the page is not one of a valid map.
    init?(header: UnsafeRawPointer) {
        guard header.load(as: UInt64.self) == Self.magic,
            header.load(fromByteOffset: 8, as: UInt32.self) == Self.version
        else { return nil }
        let count = Int(header.load(fromByteOffset: 12, as: UInt32.self))
        guard count <= Self.disksMax else { return nil }
        let disks = (0..<count).map { index in
            let entry = header + 128 + index * Self.diskEntryBytes
            let name = UnsafeRawBufferPointer(start: entry, count: 64).prefix { $0 != 0 }
            return Disk(
                name: String(decoding: name, as: UTF8.self),
                size: entry.load(fromByteOffset: 64, as: Int64.self))
        }
        let blockBytes = Int(header.load(fromByteOffset: 16, as: UInt32.self))
        guard disks.allSatisfy({ (1...Self.sizeMax).contains($0.size) }) else { return nil }
        try? self.init(blockBytes: blockBytes, disks: disks)
    }

    /// Writes everything of the header but the magic, which makes it valid.
    func write(to header: UnsafeMutableRawPointer) {
        header.storeBytes(of: Self.version, toByteOffset: 8, as: UInt32.self)
        header.storeBytes(of: UInt32(disks.count), toByteOffset: 12, as: UInt32.self)
        header.storeBytes(of: UInt32(blockBytes), toByteOffset: 16, as: UInt32.self)
        for (index, disk) in disks.enumerated() {
            let entry = header + entryOffset(index)
            for (offset, byte) in disk.name.utf8.prefix(63).enumerated() {
                entry.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
            }
            entry.storeBytes(of: disk.size, toByteOffset: 64, as: Int64.self)
        }
    }
}
