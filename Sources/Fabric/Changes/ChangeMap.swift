// The persistent record of what guests wrote: one file per machine, mapped by every process that
// writes the machine's disks or cuts them. This file: the mapping and the locks. Sessions, writes
// and cuts are in the extensions; the format is in `ChangeMapLayout`.
//
// What must stay true: a block is marked before its data is written, both under the shared lock;
// the cut word and `running` change under the exclusive lock only.
import Glibc
import Model
import Synchronization

/// An open change map. Shared by threads; one locked piece of work at a time through one instance.
final class ChangeMap: @unchecked Sendable {
    // Unchecked: the mapped words are atomics, and the rest of the header is touched under the
    // machine's exclusive lock only.
    let folder: String
    let layout: ChangeMapLayout
    let memory: UnsafeMutableRawPointer
    private let file: OpenFile
    /// The kernel keeps handles apart; this keeps the threads of one handle apart. True while this
    /// handle has the machine alone beyond one piece of work (``hold()``).
    private let turn = Locked(false)

    /// Maps the map of the machine in `folder`, which must be as long as the layout makes it.
    init(folder: String, layout: ChangeMapLayout, file: OpenFile) throws(Failure) {
        let address = mmap(
            nil, layout.fileBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor, 0)
        guard let address, address != MAP_FAILED else { throw .system("map", file.path) }
        self.folder = folder
        self.layout = layout
        self.file = file
        memory = address
    }

    deinit { munmap(memory, layout.fileBytes) }

    static func path(in folder: String) -> String { "\(folder)/changes.map" }
    func imagePath(_ disk: Int) -> String { "\(folder)/\(layout.disks[disk].name).raw" }
    func fleecePath(_ disk: Int) -> String { "\(folder)/\(layout.disks[disk].name).fleece" }

    /// Returns when all marks are on the device.
    func sync() throws(Failure) {
        if msync(memory, layout.fileBytes, MS_SYNC) != 0 { throw .system("sync", file.path) }
    }
}

extension ChangeMap {
    private func word(at offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        (memory + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    var state: CutState {
        get {
            CutState(
                word: word(at: ChangeMapLayout.cutWordOffset).pointee
                    .load(ordering: .sequentiallyConsistent))
        }
        set {
            word(at: ChangeMapLayout.cutWordOffset).pointee
                .store(newValue.word, ordering: .sequentiallyConsistent)
        }
    }

    var flags: ChangeMapFlags {
        ChangeMapFlags(
            rawValue: word(at: ChangeMapLayout.flagsOffset).pointee
                .load(ordering: .sequentiallyConsistent))
    }

    func raise(_ flags: ChangeMapFlags) {
        word(at: ChangeMapLayout.flagsOffset).pointee
            .bitwiseOr(flags.rawValue, ordering: .sequentiallyConsistent)
    }

    func lower(_ flags: ChangeMapFlags) {
        word(at: ChangeMapLayout.flagsOffset).pointee
            .bitwiseAnd(~flags.rawValue, ordering: .sequentiallyConsistent)
    }

    func marks(_ disk: Int, _ which: Int) -> Bitmap {
        Bitmap(
            at: memory + layout.bitmapOffset(disk, which), blockCount: layout.blockCount(disk))
    }

    /// Blocks of the disk whose bytes of the instant of the cut are in the fleece file.
    func saved(_ disk: Int) -> Bitmap { marks(disk, 2) }
}

extension ChangeMap {
    private static let machineByte: Range<Int64> = 0..<1
    private static let gateByte: Range<Int64> = 1..<2

    /// For writers: together with other writers, apart from cuts.
    func withShared<Result>(_ body: () throws -> Result) throws -> Result {
        try turn.withLock { isHeld in
            if isHeld { return try body() }
            // Shared locks would overtake a waiting exclusive one for ever; the gate makes them
            // queue. A flag left by a killed process costs a walk through the gate, until the next
            // cut.
            if flags.contains(.cutWanted) {
                try file.lock(.shared, Self.gateByte)
                file.unlock(Self.gateByte)
            }
            try file.lock(.shared, Self.machineByte)
            defer { file.unlock(Self.machineByte) }
            return try body()
        }
    }

    /// For cuts and changes of session: alone.
    func withExclusive<Result>(_ body: () throws -> Result) throws -> Result {
        try turn.withLock { isHeld in
            if isHeld { return try body() }
            try enterAlone()
            defer { file.unlock(Self.machineByte) }
            return try body()
        }
    }

    /// Has the machine alone until ``release()``: writers of all other handles wait.
    func hold() throws {
        try turn.withLock { isHeld in
            if isHeld { return }
            try enterAlone()
            isHeld = true
        }
    }

    func release() {
        turn.withLock { isHeld in
            if isHeld { file.unlock(Self.machineByte) }
            isHeld = false
        }
    }

    private func enterAlone() throws(Failure) {
        try file.lock(.exclusive, Self.gateByte)
        defer { file.unlock(Self.gateByte) }
        raise(.cutWanted)
        defer { lower(.cutWanted) }
        try file.lock(.exclusive, Self.machineByte)
    }

    /// For writers that keep a block aside: one at a time per block. Inside ``withShared(_:)``.
    func withBlock<Result>(_ block: Int, of disk: Int, _ body: () throws -> Result) throws -> Result
    {
        let byte = Int64(disk + 1) << 48 | Int64(block)
        try file.lock(.exclusive, byte..<(byte + 1))
        defer { file.unlock(byte..<(byte + 1)) }
        return try body()
    }
}
