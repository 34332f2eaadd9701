// What a machine of the model fabric tells of its writes.
import Fabric
import Model

@testable import Replication

struct ModelChanges: ChangeSource {
    let fabric: ModelFabric
    let id: MachineID

    func cut(everything: Bool) throws -> Cut {
        var held = try fabric.held(id)
        held.giveBack()
        held.token += 1
        let open = ModelFabric.OpenMarks(
            token: held.token, marks: held.marks, wasRecordLost: held.isRecordLost)
        held.open = fabric.acknowledgesAtCut ? nil : open
        held.marks = held.marks.map { _ in [] }
        held.isRecordLost = false
        let instant = fabric.clock.last
        fabric.state.withLock { [held] in
            $0.held[id] = held
            $0.model.cut(id, at: instant)
        }
        let isAll = everything || open.wasRecordLost
        let disks = try held.machine.disks.enumerated().map { number, disk in
            let bytes = try fabric.bytes(of: id, disk.name)
            let blocks = bytes.count / ReferenceModel.blockBytes
            let marked = open.marks[number].sorted().map { $0..<$0 + 1 }
            return CutDisk(
                name: disk.name, size: disk.size, extents: isAll ? [0..<blocks] : marked
            ) { offset, buffer in
                buffer.copyBytes(from: bytes[Int(offset)..<Int(offset) + buffer.count])
            }
        }
        return Cut(
            token: CutToken(number: held.token),
            coverage: open.wasRecordLost ? .recordLost : everything ? .everything : .delta,
            blockBytes: ReferenceModel.blockBytes, disks: disks)
    }

    func acknowledge(_ token: CutToken) throws {
        _ = try fabric.held(id)
        fabric.state.withLock {
            if $0.held[id]?.open?.token == token.number { $0.held[id]!.open = nil }
        }
    }

    func fail(_ token: CutToken) throws {
        fabric.state.withLock {
            if $0.held[id]?.open?.token == token.number { $0.held[id]!.giveBack() }
        }
    }

    func pendingBytes() throws -> ByteCount {
        var held = try fabric.held(id)
        held.giveBack()
        if held.isRecordLost {
            return ByteCount(held.machine.disks.reduce(0) { $0 + $1.size.bytes })
        }
        return ByteCount(held.marks.reduce(0) { $0 + $1.count } * ReferenceModel.blockBytes)
    }

    func hold() throws { _ = try fabric.held(id) }
    func release() {}
}

extension ModelFabric.Held {
    /// An open cut came to nothing.
    fileprivate mutating func giveBack() {
        guard let open else { return }
        for disk in marks.indices { marks[disk].formUnion(open.marks[disk]) }
        isRecordLost = isRecordLost || open.wasRecordLost
        self.open = nil
    }
}

extension ModelFabric {
    func bytes(of id: MachineID, _ disk: String) throws -> [UInt8] {
        let file = try files.open(Self.image(id, disk), .read)
        var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
        _ = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
        return bytes
    }

    /// A guest writes a block.
    func write(_ id: MachineID, disk: Int, block: Int) throws {
        let version = state.withLock { state in
            state.held[id]!.marks[disk].insert(block)
            return state.model.write(id, disk: disk, block: block)
        }
        let name = state.withLock { $0.held[id]!.machine.disks[disk].name }
        try put(ReferenceModel.bytes(ofVersion: version), Self.image(id, name), block)
    }

    /// Somebody writes a block of an image, past every guest.
    func put(_ bytes: [UInt8], _ image: String, _ block: Int) throws {
        let file = try files.open(image, .write)
        try bytes.withUnsafeBytes {
            try file.write($0, at: Int64(block * ReferenceModel.blockBytes))
        }
        try file.sync()
    }

    func grow(_ id: MachineID, disk: Int) async throws {
        try await update(id) { machine in
            machine.disks[disk].size = ByteCount(
                machine.disks[disk].size.bytes + Int64(ReferenceModel.blockBytes))
        }
        state.withLock { $0.model.grow(id, disk: disk) }
    }

    func isolate(_ site: String, _ reach: Reach) {
        state.withLock { state in
            state.reach[site] = reach
            for id in state.held.keys where id.site == site {
                let runs = state.held[id]!.machine.power == .running
                switch reach {
                case .cut: state.held[id]!.isIsolated = runs
                case .lost:
                    if runs { state.held[id]!.isRecordLost = true }
                    state.held[id]!.machine.power = .off
                case .up: break
                }
            }
        }
    }
}
