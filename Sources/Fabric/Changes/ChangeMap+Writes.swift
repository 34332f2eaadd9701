// The way of a guest's write: marked, what it overwrites kept aside while a cut needs it, then
// written. All of it under the shared lock or on a seat, so that a cut sees a write whole or not at
// all.
import Model

extension ChangeMap {
    /// The blocks that bytes at an offset touch.
    func blocks(_ offset: Int64, _ count: Int) -> Range<Int> {
        let size = Int64(layout.blockBytes)
        return Int(offset / size)..<Int((offset + Int64(count) + size - 1) / size)
    }

    func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int64, disk: Int, image: OpenFile,
        fleece: OpenFile
    ) throws {
        try asGuest {
            guard flags.contains(.running) else {
                throw Failure(
                    .diskOff, "\(image.path) belongs to a machine that is off; start it first",
                    context: ["path": image.path])
            }
            let touched = blocks(offset, bytes.count)
            let state = state
            marks(disk, state.marked).insert(touched)
            if state.phase == .open {
                keepAside(touched, disk: disk, state: state, image: image, fleece: fleece)
            }
            try image.write(at: offset, bytes)
        }
    }

    /// A failure here is the cut's, never the guest's: a full disk on our side must not stop a
    /// guest.
    private func keepAside(
        _ blocks: Range<Int>, disk: Int, state: CutState, image: OpenFile, fleece: OpenFile
    ) {
        let cut = marks(disk, 1 - state.marked)
        let saved = saved(disk)
        for block in blocks
        where !saved.contains(block) && (state.isEverything || cut.contains(block)) {
            guard !flags.contains(.cutBroken) else { return }
            do {
                try withBlock(block, of: disk) {
                    // Another writer may have kept it, and overwritten it since.
                    guard !saved.contains(block) else { return }
                    try copy(block, disk: disk, from: image, to: fleece)
                    saved.insert(block)
                }
            } catch {
                raise(.cutBroken)
            }
        }
    }

    private func copy(_ block: Int, disk: Int, from image: OpenFile, to fleece: OpenFile) throws {
        let offset = Int64(block) * Int64(layout.blockBytes)
        let count = min(Int64(layout.blockBytes), layout.disks[disk].size - offset)
        try withUnsafeTemporaryAllocation(byteCount: Int(count), alignment: 16) { buffer in
            try image.read(at: offset, into: buffer)
            // The fleece is a hole to begin with, and a hole reads as zeros.
            let bytes = UnsafeRawBufferPointer(buffer)
            if !bytes.isAllZero { try fleece.write(at: offset, bytes) }
        }
    }
}
