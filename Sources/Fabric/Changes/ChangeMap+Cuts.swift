// The last cut, from its instant to its end.
//
//     none, acknowledged, failed ──cut──▶ open ──acknowledge──▶ acknowledged: blocks forgotten
//                                          │ └──fail, or the next cut──▶ failed: merged back
//                                          ▼
//                        guests overwrite: old bytes → fleece, saved bit, then the write
//
// Order of a cut: the spare bitmap, the saved bitmap and the fleece are empty before the cut word
// changes; that one store is the instant. Order of a failure: merged, synced, word, cleared: a bit
// is never in neither bitmap. Killed anywhere, the next cut goes on from the word. Emptying takes
// its time when the guest wrote much; it needs the shared lock only, so that guests go on.
import Glibc
import Model

extension ChangeMap {
    /// Cuts; an open cut counts as failed. Returns the state and whether the record was lost.
    func openCut(everything: Bool) throws -> (state: CutState, coverage: Cut.Coverage) {
        try withExclusive {
            try mergeOpenCut()
            if !flags.contains(.running), !guardsHold() {
                raise(.recordLost)
                takeGuards()
            }
            let isLost = flags.contains(.recordLost)
            try clearCut()
            let next = state.next(isEverything: everything || isLost)
            state = next
            return (next, isLost ? .recordLost : everything ? .everything : .delta)
        }
    }

    func acknowledge(_ number: UInt64) throws {
        try withExclusive {
            let state = state
            if state.number == number, state.phase == .acknowledged { return }
            try requireOpen(number)
            if state.isEverything { lower(.recordLost) }
            self.state = state.ended(.acknowledged)
        }
        try clearEnded(number)
    }

    /// A cut that is not open any more needs nothing: it was merged, or its blocks are on the
    /// replica.
    func failCut(_ number: UInt64) throws {
        try withExclusive {
            if state.number == number { try mergeOpenCut() }
        }
        try clearEnded(number)
    }

    /// Blocks that a cut made now would hold, by disk; nil when it would be all.
    func pendingBytes() -> Int64? {
        guard !flags.contains(.recordLost) else { return nil }
        let state = state
        return layout.disks.indices.reduce(0) { sum, disk in
            let marked = marks(disk, state.marked)
            let other = marks(disk, state.phase == .open ? 1 - state.marked : state.marked)
            let bytes = Int64(marked.unionCount(other)) * Int64(layout.blockBytes)
            return sum + min(bytes, layout.disks[disk].size)
        }
    }

    func requireOpen(_ number: UInt64) throws(Failure) {
        let state = state
        guard state.number == number, state.phase == .open else {
            throw Failure(
                .cutClosed, "cut \(number) of \(folder) has ended; make a new cut",
                context: ["machine": folder, "cut": "\(number)"])
        }
    }

    /// Ends the open cut, if there is one, as failed. Under the exclusive lock.
    func mergeOpenCut() throws {
        let open = state
        guard open.phase == .open else { return }
        for disk in layout.disks.indices {
            marks(disk, open.marked).formUnion(marks(disk, 1 - open.marked))
        }
        // A running machine's marks do not outlive a crash of the kernel anyhow: a scan follows.
        if !flags.contains(.running) { try sync() }
        state = open.ended(.failed)
    }

    private func clearEnded(_ number: UInt64) throws {
        try withShared {
            if state.number == number, state.phase != .open { try clearCut() }
        }
    }

    /// Empties what belongs to the last cut, which is not open.
    private func clearCut() throws {
        for disk in layout.disks.indices {
            marks(disk, 1 - state.marked).removeAll()
            saved(disk).removeAll()
            if let fleece = FileStatus(path: fleecePath(disk)), fleece.size > 0 {
                try OpenFile(fleecePath(disk), O_RDWR).empty(size: 0)
            }
        }
        lower(.cutBroken)
    }
}

extension ChangeMap {
    /// Fills the buffer with the disk's bytes at the instant of cut `number`.
    func read(
        cut state: CutState, disk: Int, at offset: Int64,
        into buffer: UnsafeMutableRawBufferPointer, image: OpenFile, fleece: OpenFile
    ) throws {
        try requireOpen(state.number)
        let touched = blocks(offset, buffer.count)
        try checkRange(touched, state, disk, offset, buffer.count)
        // The image first and the saved bits after: a block whose bit is clear then was not yet
        // overwritten when it was read. A block whose bit is set is in the fleece for good.
        try image.read(at: offset, into: buffer)
        let saved = saved(disk)
        for block in touched where saved.contains(block) {
            let start = max(offset, Int64(block) * Int64(layout.blockBytes))
            let end = min(
                offset + Int64(buffer.count), Int64(block + 1) * Int64(layout.blockBytes))
            let piece = Int(start - offset)..<Int(end - offset)
            try fleece.readPadded(
                at: start, into: UnsafeMutableRawBufferPointer(rebasing: buffer[piece]))
        }
        if flags.contains(.cutBroken) {
            throw Failure(
                .cutLost,
                "blocks of cut \(state.number) of \(folder) could not be kept aside; free space "
                    + "there and make a new cut",
                context: ["machine": folder, "cut": "\(state.number)"])
        }
        try requireOpen(state.number)
    }

    private func checkRange(
        _ touched: Range<Int>, _ state: CutState, _ disk: Int, _ offset: Int64, _ count: Int
    ) throws(Failure) {
        let isInside = offset >= 0 && offset + Int64(count) <= layout.disks[disk].size
        let isHeld =
            isInside
            && (state.isEverything || marks(disk, 1 - state.marked).containsAll(of: touched))
        guard isHeld else {
            throw Failure(
                .diskOutOfRange,
                "the cut of \(imagePath(disk)) does not hold \(count) bytes at \(offset)",
                context: ["path": imagePath(disk), "offset": "\(offset)", "count": "\(count)"])
        }
    }
}
