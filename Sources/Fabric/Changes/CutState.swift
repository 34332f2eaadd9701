// The one word that says which bitmap is being marked and what became of the last cut. It changes
// by one atomic store, so that all disks of a machine are cut at one instant, or not at all.

struct CutState: Equatable, Sendable {
    enum Phase: UInt64, Sendable {
        case none, open, acknowledged, failed
    }

    /// The number of the last cut, counted from 1; 0 when there was none.
    var number: UInt64
    var phase: Phase
    /// Whether the last cut holds all blocks and not only the marked ones.
    var isEverything: Bool
    /// Which of the two bitmaps writers mark; the other is the last cut's.
    var marked: Int

    init(number: UInt64, phase: Phase, isEverything: Bool, marked: Int) {
        self.number = number
        self.phase = phase
        self.isEverything = isEverything
        self.marked = marked
    }

    init(word: UInt64) {
        marked = Int(word & 1)
        // Two bits have four values, and the phase has a case for each.
        phase = Phase(rawValue: word >> 1 & 3)!
        isEverything = word & 8 != 0
        number = word >> 8
    }

    var word: UInt64 {
        number << 8 | (isEverything ? 8 : 0) | phase.rawValue << 1 | UInt64(marked)
    }

    func next(isEverything: Bool) -> CutState {
        CutState(number: number + 1, phase: .open, isEverything: isEverything, marked: 1 - marked)
    }

    func ended(_ phase: Phase) -> CutState {
        var ended = self
        ended.phase = phase
        return ended
    }
}

/// What else is true of a map, one bit each.
struct ChangeMapFlags: OptionSet, Sendable {
    let rawValue: UInt64

    /// The machine runs: guests may write.
    static let running = Self(rawValue: 1)
    /// Writes may have gone unmarked; the next cut holds everything.
    static let recordLost = Self(rawValue: 2)
    /// A block of the open cut was overwritten without having been kept aside.
    static let cutBroken = Self(rawValue: 4)
    /// Somebody waits to cut: writers queue behind him at the gate.
    static let cutWanted = Self(rawValue: 8)
}
