// What people wish of runs: written down in the transaction in which it is obeyed, or waits for
// whoever leads the run.
import GRDB
import Model

extension ChangeWriter {
    func wish(_ wish: RunWish, of run: RunID, _ made: RunWishMade) throws {
        let (state, noted) = try standing(of: run)
        switch try state.hearing(wish, isSuspensionNoted: noted.suspension != nil) {
        case .noted: try note(wish, of: run, made)
        case .lifted: try forgetSuspension(of: run)
        case .notedAfter(let event):
            try note(wish, of: run, made)
            try move(run, event, at: made.at, wakeAt: made.at)
        case .event(let event):
            if wish != .resume { try note(wish, of: run, made) }
            try move(
                run, event, at: made.at, failure: event == .stopped ? made.asStop : nil,
                wakeAt: made.at)
        }
        try wake(run, at: made.at)
    }

    /// What becomes of a run that parks: what is wished of it goes before waiting. nil: it waits.
    func event(whenParked run: RunID) throws -> (RunEvent, Failure?)? {
        let noted = try standing(of: run).noted
        if let stop = noted.stop { return (.stopped, stop.asStop) }
        return noted.suspension == nil ? nil : (.suspended, nil)
    }

    func forgetSuspension(of run: RunID) throws {
        try db.run(
            """
            UPDATE run SET suspend_by = NULL, suspend_reason = NULL, suspend_at = NULL
            WHERE id = ?
            """, .run(run))
    }

    /// The first wish of a kind stands.
    private func note(_ wish: RunWish, of run: RunID, _ made: RunWishMade) throws {
        let kind = wish.rawValue
        try db.run(
            """
            UPDATE run SET \(kind)_by = ?, \(kind)_reason = ?, \(kind)_at = ?
            WHERE id = ? AND \(kind)_at IS NULL
            """,
            .text(made.by), .text(orNull: made.reason), .at(made.at), .run(run))
    }

    private typealias Noted = (suspension: RunWishMade?, stop: RunWishMade?)

    private func standing(of run: RunID) throws -> (state: RunState, noted: Noted) {
        let standing = try db.first(
            """
            SELECT state, suspend_by, suspend_reason, suspend_at, stop_by, stop_reason, stop_at
            FROM run WHERE id = ?
            """, .run(run)
        ) { row -> (RunState, Noted) in
            var row = SQLColumns(row)
            let state = try row.value(as: RunState.init(rawValue:))
            return (state, (row.wish(), row.wish()))
        }
        guard let standing else { throw Failure(unknown: run) }
        return standing
    }
}
