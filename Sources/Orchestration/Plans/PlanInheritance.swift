// What a run of a plan takes over from the one it follows, written in the transaction that begins
// it: the calls of the card and the frozen members, and the progress of what is not done again.
import Model
import Store

struct PlanInheritance {
    private let entries: [JournalEntry]
    private let notes: [RunNote]
    /// What a person decided of the failed step, by the step's id.
    private let decided: [String: PlanMachine.TaskEnd]

    /// `follower` says who follows, and why.
    init(
        of former: RunRecord, _ sequel: PlanSequel, by follower: RunRecord, _ store: Store
    ) throws {
        entries = try [ScriptExecution.cardBranch, .main].flatMap { branch in
            let entries = try store.entries(of: former.id, branch: branch)
            // A call without its outcome is made anew.
            return entries.last?.kind == .intent ? entries.dropLast() : entries[...]
        }
        let told = try store.planNotes(of: former.id)
        let stages = PlanProgress.stages(from: told)
        let carried = sequel.carried(from: former, stages, by: follower.words)
        let failed = former.failedTask
        let ends = carried.filter { id, end in id == failed && end != .done }
        decided = ends
        notes = told.filter { note in
            guard let id = PlanProgress.task(of: note) else { return false }
            return carried[id] != nil && (note.ordinal == 1 || ends[id] == nil)
        }
    }

    func changes(for run: RunID, at now: Timestamp) -> [Change] {
        let journal = entries.map { entry -> Change in
            var entry = entry
            entry.place.run = run
            return .journaled(entry)
        }
        let kept = notes.map { note -> Change in
            var note = note
            note.run = run
            return .noted(note)
        }
        let ends = decided.map { id, end in
            Change.noted(PlanProgress.note(of: id, end, in: run, at: now))
        }
        return journal + kept + ends
    }
}

extension RunRecord {
    /// Who wants it, and why: `eva: the switch is dead`.
    var words: String { startedBy + (reason.map { ": \($0)" } ?? "") }
}
