// A file system in memory whose power can be cut at any change. What was not synced is then
// dropped, torn at 512 bytes, or kept, each piece by itself; what was done to a folder and not
// synced likewise. It promises what POSIX promises, and keeps nothing more.
import Fabric
import Model

@testable import Replication

/// The power went while a change was under way; nothing answers until it is back.
struct PowerCut: Error {}

final class SimulatedFiles: FileSystem {
    static let sector = 512

    private struct State {
        var inodes: [Int: Inode] = [:]
        var folders: [String: Folder] = [:]
        var nextInode = 0
        var time: Int64 = 0
    }

    private let state = Locked(State())
    let power: Power
    /// Files whose `sync` does nothing: how a wrong protocol is planted.
    private let ignoresSync: @Sendable (String) -> Bool

    init(power: Power, ignoresSync: @escaping @Sendable (String) -> Bool = { _ in false }) {
        self.power = power
        self.ignoresSync = ignoresSync
    }

    func open(_ path: String, _ mode: OpenMode) throws -> any DurableFile {
        if case .create = mode { try power.spend() } else { try power.check() }
        return try state.withLock { state in
            let (folder, name) = Self.split(path)
            if case .create = mode {
                state.nextInode += 1
                state.time += 1
                state.inodes[state.nextInode] = Inode(time: state.time)
                state.folders[folder, default: Folder()].change(.link(name, state.nextInode))
                return SimulatedFile(self, path, state.nextInode)
            }
            guard let inode = state.folders[folder]?.now[name] else { throw Self.missing(path) }
            return SimulatedFile(self, path, inode)
        }
    }

    func names(in folder: String) throws -> [String] {
        try power.check()
        return state.withLock { $0.folders[folder]?.now.keys.sorted() ?? [] }
    }

    func makeFolder(_ path: String) throws {
        try power.check()
        state.withLock { $0.folders[path, default: Folder()].isMade = true }
    }

    func link(_ source: String, to target: String) throws {
        try changeNames(source, target) { inode, _, name in [.link(name, inode)] }
    }

    func rename(_ source: String, to target: String) throws {
        try changeNames(source, target) { inode, old, name in [.move(old, name, inode)] }
    }

    private func changeNames(
        _ source: String, _ target: String, _ changes: (Int, String, String) -> [Folder.Change]
    ) throws {
        try power.spend()
        try state.withLock { state in
            let (from, to) = (Self.split(source), Self.split(target))
            guard let inode = state.folders[from.folder]?.now[from.name] else {
                throw Self.missing(source)
            }
            for change in changes(inode, from.name, to.name) {
                state.folders[to.folder, default: Folder()].change(change)
            }
        }
    }

    func remove(_ path: String) throws {
        try power.spend()
        state.withLock { state in
            let (folder, name) = Self.split(path)
            guard state.folders[folder]?.now[name] != nil else { return }
            state.folders[folder]?.change(.unlink(name))
        }
    }

    func syncFolder(_ path: String) throws {
        try power.spend()
        state.withLock { $0.folders[path, default: Folder()].sync() }
    }

    func stamp(_ path: String) throws -> ImageStamp? {
        try power.check()
        return state.withLock { state in
            let (folder, name) = Self.split(path)
            if state.folders[path]?.isMade == true {
                return ImageStamp(size: 0, modifiedNanoseconds: 0)
            }
            guard let inode = state.folders[folder]?.now[name].flatMap({ state.inodes[$0] }) else {
                return nil
            }
            return ImageStamp(size: Int64(inode.now.count), modifiedNanoseconds: inode.time)
        }
    }

    /// What is left when the power is back.
    func restart(_ generator: inout SeededGenerator) {
        var seeded = generator
        state.withLock { state in
            for key in state.folders.keys.sorted() { state.folders[key]!.survive(&seeded) }
            for key in state.inodes.keys.sorted() { state.inodes[key]!.survive(&seeded) }
        }
        generator = seeded
        power.restore()
    }

    /// A durable file of zeros, as an image begins.
    func makeImage(_ path: String, bytes: Int) {
        state.withLock { state in
            let (folder, name) = Self.split(path)
            state.nextInode += 1
            var inode = Inode(time: 0)
            inode.resize(to: bytes)
            inode.sync()
            state.inodes[state.nextInode] = inode
            state.folders[folder, default: Folder()].change(.link(name, state.nextInode))
            state.folders[folder]!.sync()
        }
    }

    fileprivate func with<Result>(_ inode: Int, _ body: (inout Inode) -> Result) -> Result {
        state.withLock { state in
            state.time += 1
            let time = state.time
            return state.inodes[inode]!.changing(at: time, body)
        }
    }

    fileprivate func isSyncIgnored(_ path: String) -> Bool { ignoresSync(path) }

    private static func split(_ path: String) -> (folder: String, name: String) {
        let slash = path.lastIndex(of: "/")!
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    private static func missing(_ path: String) -> Failure {
        Failure(.fileSystem, "there is no \(path)")
    }
}

private final class SimulatedFile: DurableFile {
    let path: String
    private let files: SimulatedFiles
    private let inode: Int

    init(_ files: SimulatedFiles, _ path: String, _ inode: Int) {
        self.files = files
        self.path = path
        self.inode = inode
    }

    func size() throws -> Int64 {
        try files.power.check()
        return files.with(inode) { Int64($0.now.count) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        try files.power.check()
        return files.with(inode) { inode in
            let count = max(0, min(buffer.count, inode.now.count - Int(offset)))
            if count > 0 {
                inode.now.withUnsafeBytes {
                    buffer.copyMemory(
                        from: UnsafeRawBufferPointer(
                            rebasing: $0[Int(offset)..<Int(offset) + count]))
                }
            }
            return count
        }
    }

    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws {
        // The cut comes with the write under way: some of its sectors may land.
        let cut = files.power.spends()
        files.with(inode) { $0.write(buffer, at: Int(offset)) }
        if cut { throw PowerCut() }
    }

    func punchHole(at offset: Int64, count: Int64) throws {
        let zeros = [UInt8](repeating: 0, count: Int(count))
        try zeros.withUnsafeBytes { try write($0, at: offset) }
    }

    func dataRanges() throws -> [Range<Int64>] {
        let size = try size()
        return size == 0 ? [] : [0..<size]
    }

    func sync() throws {
        try files.power.spend()
        if !files.isSyncIgnored(path) { files.with(inode) { $0.sync() } }
    }
}
