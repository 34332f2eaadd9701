// What goes wrong around the engine, and how it is made good.
import Fabric
import Model

@testable import Replication

extension ModelWorld {
    func actAsFault(_ step: ModelStep) throws {
        let site = ModelFabric.names[step.number % 3]
        switch step.act {
        case .cutSite: fabric.isolate(site, .cut)
        case .loseSite: fabric.isolate(site, .lost)
        case .healSite: for site in ModelFabric.names { fabric.isolate(site, .up) }
        case .spoilLine: lineFaults = UInt64(step.number)
        case .mendLine: lineFaults = nil
        case .fillDisk:
            let part = ["/outbox/", "/inbox/", "/undo/", "/hashes/"][step.number % 4]
            disk.fill(after: step.number / 4 % 4) { $0.contains(part) }
        case .freeDisk: disk.free()
        case .setWindow:
            let night = try TimeWindow(text: "22:00-06:00 Europe/Oslo")
            windows = step.number % 2 == 0 ? [] : [night]
        case .takeKey: hasKey = false
        case .giveKey: hasKey = true
        case .damageFile: try damage(step)
        case .foreignWrite: try writeBehindOurBack(step)
        default:
            if let machine = production(step.name) {
                fabric.state.withLock {
                    $0.held[machine.id]!.machine.power = .off
                    $0.held[machine.id]!.isRecordLost = true
                    $0.held[machine.id]!.isIsolated = false
                }
            }
        }
    }

    func heal() {
        for site in ModelFabric.names { fabric.isolate(site, .up) }
        lineFaults = nil
        windows = []
        hasKey = true
        disk.free()
    }

    private func damage(_ step: ModelStep) throws {
        guard let record = ledger.records[step.machine] else { return }
        let layout = LabLayout(lab: "/lab")
        var paths: [String] = []
        for id in [record.primary, record.replica] {
            for folder in layout.folder(of: record, at: id.site).all {
                paths += try files.names(in: folder).map { "\(folder)/\($0)" }
            }
        }
        guard !paths.isEmpty else { return }
        let path = paths[step.number % paths.count]
        // That a log which is kept for a third site is gone nobody can know.
        let blow = path.contains("/undo/") ? step.number / 17 % 3 : 0
        let file = try files.open(path, .write)
        let size = try file.size()
        guard size > 0 else { return }
        isDamaged = true
        let place = Int64(step.number / 13) % size
        switch blow {
        case 0: try flip(1 << (step.number % 8), at: place, of: file)
        case 1: try cutShort(path, to: place)
        default: try files.remove(path)
        }
        if blow > 0 { try files.syncFolder(String(path[..<path.lastIndex(of: "/")!])) }
    }

    private func flip(_ bit: UInt8, at place: Int64, of file: any DurableFile) throws {
        var byte: [UInt8] = [0]
        _ = try byte.withUnsafeMutableBytes { try file.read(into: $0, at: place) }
        byte[0] ^= bit
        try byte.withUnsafeBytes { try file.write($0, at: place) }
        try file.sync()
    }

    private func cutShort(_ path: String, to size: Int64) throws {
        var bytes = [UInt8](repeating: 0, count: Int(size))
        let file = try files.open(path, .read)
        _ = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
        try files.remove(path)
        let short = try files.open(path, .create)
        try bytes.withUnsafeBytes { try short.write($0, at: 0) }
        try short.sync()
    }

    /// While a log is applied nobody can tell a strange write from the application; the proof of
    /// content finds it, the stamps do not.
    private func isHalfApplied(_ record: Protection) throws -> Bool {
        let layout = LabLayout(lab: "/lab").folder(of: record, at: record.replica.site)
        return try files.stamp(layout.undoLog(record.nextLog)) != nil
    }

    private func writeBehindOurBack(_ step: ModelStep) throws {
        guard let record = ledger.records[step.machine],
            let held = fabric.state.withLock({ $0.held[record.replica] }),
            // Before the first point there is nothing by which a strange write could be told.
            held.machine.role == .replica, !record.points.isEmpty,
            // A machine that serves, and is prepared by the other relationship, is no replica.
            ![.failedOverWaitingCompletion, .failedOver].contains(record.state),
            try !isHalfApplied(record)
        else { return }
        disturbed.insert(record.replica)
        let disk = held.machine.disks[step.number % held.machine.disks.count]
        let blocks = Int(disk.size.bytes) / ReferenceModel.blockBytes
        try fabric.put(
            Noise.bytes(ReferenceModel.blockBytes, seed: UInt64(step.number)),
            ModelFabric.image(record.replica, disk.name), step.number / 5 % blocks)
    }
}
