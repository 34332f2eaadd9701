// From power-on to power-off, and what is found afterwards.
//
//     invalid ──make──▶ off, record lost
//     off ──open as running──▶ running ──end──▶ off, guards taken
//     off, guard differs (image changed behind our back) ──open as running, or cut──▶ record lost
//     running under another boot id (the machine beneath us crashed) ──open──▶ record lost
//     running, but the machine is known to be off ──open──▶ off, record lost
//     record lost ──acknowledged cut of everything──▶ kept again
//
// While a machine is off its images' sizes, inodes and modification times must be the guards'.
// Order of end: images synced, marks synced, guards and flag written, synced again.
import Glibc
import Model

extension ChangeMap {
    /// Opens the machine's map, making it where it is missing or invalid, and brings it into accord
    /// with whether the machine runs.
    static func prepare(
        folder: String, layout: ChangeMapLayout, isRunning: Bool
    ) throws -> ChangeMap {
        let file = try OpenFile(path(in: folder), O_RDWR | O_CREAT)
        if try file.status().size != layout.fileBytes {
            try file.empty(size: Int64(layout.fileBytes))
        }
        let map = try ChangeMap(folder: folder, layout: layout, file: file)
        try map.withExclusive {
            if ChangeMapLayout(header: map.memory) != layout { try map.make() }
            try map.adoptBoot()
            if isRunning { try map.begin() } else { map.endUncleanly() }
        }
        return map
    }

    /// Opens the map as another process left it; for guests.
    static func open(folder: String) throws -> ChangeMap {
        let file = try OpenFile(path(in: folder), O_RDWR)
        let page = UnsafeMutableRawBufferPointer.allocate(
            byteCount: ChangeMapLayout.headerBytes, alignment: 8)
        defer { page.deallocate() }
        try file.read(at: 0, into: page)
        guard let layout = ChangeMapLayout(header: page.baseAddress!),
            try file.status().size == layout.fileBytes
        else {
            throw Failure(
                .fileSystem,
                "\(file.path) is damaged; stop and start the machine, and its map is made anew",
                context: ["path": file.path])
        }
        let map = try ChangeMap(folder: folder, layout: layout, file: file)
        try map.withExclusive { try map.adoptBoot() }
        return map
    }

    /// The machine is powered off in good order: its record outlives a crash from here on.
    func end() throws {
        try withExclusive {
            guard flags.contains(.running) else { return }
            for disk in layout.disks.indices { try OpenFile(imagePath(disk), O_RDWR).sync() }
            try sync()
            takeGuards()
            lower(.running)
            try sync()
        }
    }

    /// The record starts here, empty: what the images hold now is what the other side has.
    func restart() throws {
        try withExclusive {
            try mergeOpenCut()
            for disk in layout.disks.indices {
                marks(disk, 0).removeAll()
                marks(disk, 1).removeAll()
            }
            takeGuards()
            lower(.recordLost)
            try sync()
        }
    }

    /// Whether every image is as it was when the guards were taken.
    func guardsHold() -> Bool {
        layout.disks.indices.allSatisfy { disk in
            let entry = memory + layout.entryOffset(disk)
            guard let status = FileStatus(path: imagePath(disk)) else { return false }
            return status.modifiedNanoseconds == entry.load(fromByteOffset: 72, as: Int64.self)
                && status.inode == entry.load(fromByteOffset: 80, as: UInt64.self)
                && status.size == entry.load(fromByteOffset: 88, as: Int64.self)
        }
    }

    func takeGuards() {
        for disk in layout.disks.indices {
            let entry = memory + layout.entryOffset(disk)
            guard let status = FileStatus(path: imagePath(disk)) else { continue }
            entry.storeBytes(of: status.modifiedNanoseconds, toByteOffset: 72, as: Int64.self)
            entry.storeBytes(of: status.inode, toByteOffset: 80, as: UInt64.self)
            entry.storeBytes(of: status.size, toByteOffset: 88, as: Int64.self)
        }
    }

    private func make() throws {
        UnsafeMutableRawBufferPointer(start: memory, count: layout.fileBytes)
            .initializeMemory(as: UInt8.self, repeating: 0)
        layout.write(to: memory)
        raise(.recordLost)
        takeGuards()
        try sync()
        memory.storeBytes(of: ChangeMapLayout.magic, as: UInt64.self)
        try sync()
    }

    /// The machine is powered on. Under the exclusive lock, as all that follows.
    private func begin() throws {
        guard !flags.contains(.running) else { return }
        if !guardsHold() { raise(.recordLost) }
        writeBoot()
        raise(.running)
        // Were this lost in a crash, disks written since would pass for untouched.
        try sync()
    }

    private func endUncleanly() {
        guard flags.contains(.running) else { return }
        raise(.recordLost)
        lower(.running)
    }

    /// After a crash of the machine beneath, marks and fleece are whatever had reached the device.
    private func adoptBoot() throws {
        guard flags.contains(.running), readBoot() != Boot.id else { return }
        raise(.recordLost)
        try mergeOpenCut()
        writeBoot()
        try sync()
    }

    private func readBoot() -> [UInt8] {
        let start = memory + ChangeMapLayout.bootOffset
        return Array(UnsafeRawBufferPointer(start: start, count: ChangeMapLayout.bootBytes))
    }

    private func writeBoot() {
        (memory + ChangeMapLayout.bootOffset).copyMemory(
            from: Boot.id, byteCount: ChangeMapLayout.bootBytes)
    }
}

/// The kernel's name for its own life, padded to what the map keeps; empty where it has none.
enum Boot {
    static let id: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: ChangeMapLayout.bootBytes)
        let descriptor = Glibc.open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return bytes }
        defer { close(descriptor) }
        _ = Glibc.read(descriptor, &bytes, 36)
        return bytes
    }()
}
