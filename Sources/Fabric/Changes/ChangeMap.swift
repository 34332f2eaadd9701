// The persistent record of what guests wrote: one file per machine, mapped by every process that
// writes the machine's disks or cuts them. This file: the mapping and the locks. Seats, sessions,
// writes and cuts are in the extensions; the format is in `ChangeMapLayout`.
//
// What must stay true: a block is marked before its data is written, both under the shared lock or
// on a seat; the cut word and `running` change under the exclusive lock only, while nobody sits.
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
    let file: OpenFile
    /// The kernel keeps handles apart; this keeps the threads of one handle apart.
    let turn = Locked(Turn())

    struct Turn {
        /// This handle has the machine alone beyond one piece of work (``hold()``).
        var isHeld = false
        var seat = SeatClaim.notAsked
    }

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
    func word(at offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
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

    /// For guests' writes: as ``withShared(_:)``, and on a seat, without a call of the system,
    /// while nobody wants to cut.
    func asGuest<Result>(_ body: () throws -> Result) throws -> Result {
        try turn.withLock { turn in
            if turn.isHeld { return try body() }
            guard let seat = seat(of: &turn), sit(seat) else { return try sharing(body) }
            defer { rise(seat) }
            return try body()
        }
    }

    /// Together with writers and others, apart from cuts.
    func withShared<Result>(_ body: () throws -> Result) throws -> Result {
        try turn.withLock { turn in try turn.isHeld ? body() : sharing(body) }
    }

    private func sharing<Result>(_ body: () throws -> Result) throws -> Result {
        // Shared locks would overtake a waiting exclusive one for ever; the gate makes them queue.
        // A flag left by a killed process costs a walk through the gate, until the next cut.
        if flags.contains(.cutWanted) {
            try file.lock(.shared, Self.gateByte)
            file.unlock(Self.gateByte)
        }
        try file.lock(.shared, Self.machineByte)
        defer { file.unlock(Self.machineByte) }
        return try body()
    }

    /// For cuts and changes of session: alone.
    func withExclusive<Result>(_ body: () throws -> Result) throws -> Result {
        try turn.withLock { turn in
            if turn.isHeld { return try body() }
            try enterAlone(turn)
            defer { leaveAlone() }
            return try body()
        }
    }

    /// Has the machine alone until ``release()``: writers of all other handles wait.
    func hold() throws {
        try turn.withLock { turn in
            if turn.isHeld { return }
            try enterAlone(turn)
            turn.isHeld = true
        }
    }

    func release() {
        turn.withLock { turn in
            if turn.isHeld { leaveAlone() }
            turn.isHeld = false
        }
    }

    private func enterAlone(_ turn: Turn) throws(Failure) {
        try file.lock(.exclusive, Self.gateByte)
        defer { file.unlock(Self.gateByte) }
        raise(.cutWanted)
        do throws(Failure) {
            try file.lock(.exclusive, Self.machineByte)
        } catch {
            lower(.cutWanted)
            throw error
        }
        // Whoever was alone before has lowered it when he left.
        raise(.cutWanted)
        do throws(Failure) {
            try waitForSeats(but: turn.seat)
        } catch {
            leaveAlone()
            throw error
        }
    }

    /// Seats are taken again from here on. The flag first: lowered later, it could be the next
    /// one's.
    private func leaveAlone() {
        lower(.cutWanted)
        file.unlock(Self.machineByte)
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
