// Goes through a run's journal with a text, its own or another, performing and writing nothing:
// whether the text asks for the same calls up to where the journal ends (B-3), on which line each
// was made, and what the script's variables held at one of them.
import LuaRuntime
import Model

/// Where a rehearsal notes how far each branch was gone through, and what was seen on the way.
final class Rehearsal: Sendable {
    private struct State {
        var entriesRead: [Branch: Int] = [:]
        var positions: [JournalPlace: SourcePosition] = [:]
        var frames: [LuaFrame] = []
    }

    private let state = Locked(State())
    /// The call whose variables are wanted.
    private let wanted: JournalPlace?

    init(lookingAt wanted: JournalPlace? = nil) { self.wanted = wanted }

    func note(_ branch: Branch, read count: Int) {
        state.withLock { $0.entriesRead[branch] = max($0.entriesRead[branch] ?? 0, count) }
    }

    func note(_ place: JournalPlace, at position: SourcePosition?) {
        if let position { state.withLock { $0.positions[place] = position } }
    }

    func entriesRead(of branch: Branch) -> Int {
        state.withLock { $0.entriesRead[branch] ?? 0 }
    }

    var positions: [JournalPlace: SourcePosition] { state.withLock(\.positions) }

    /// What the script's variables held when it made the wanted call.
    var frames: [LuaFrame] { state.withLock(\.frames) }

    /// Looks at the variables of a state that makes its next call at `place`.
    func look(at lua: borrowing LuaState, making place: JournalPlace) throws {
        guard place == wanted else { return }
        let frames = try lua.variables()
        state.withLock { $0.frames = frames }
    }
}
