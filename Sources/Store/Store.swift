// The durable memory of a lab: one SQLite database, `muster.db`, in the lab's folder. What must stay
// true: a commit that has returned survives a power cut (WAL with synchronous=FULL); every write goes
// through `commit`; nothing outside this room knows SQL.
import Model

/// The durable memory of one lab. Any number of processes may open the same folder.
package final class Store: Sendable {
    /// The lab's folder.
    package let folder: String

    /// Opens the database of `folder`, creating or migrating it first when needed.
    ///
    /// Raises `store.damaged`, `store.newer`, `store.full`, `store.busy`, or `files.failed` when the
    /// folder is not there or cannot be written.
    package init(folder: String, observer: (any CommitObserver)? = nil) throws {
        fatalError("comes with the implementation")
    }

    /// Makes `changes` durable, all or none, and returns when they are. An empty batch returns at once.
    ///
    /// Calls that come together share a transaction; one that is refused does not harm the others.
    /// With `lease` the batch is refused with `store.lease_lost` once another engine has taken over.
    /// Raises what the changes raise, `store.full`, `store.busy` and `store.damaged`.
    package func commit(
        _ changes: [Change], under lease: LeaseToken? = nil
    ) async throws {
        fatalError("comes with the implementation")
    }

    /// Commits a new run under the next free number: `changes` makes the batch for a number, and is
    /// asked again when another process took that one. Returns the number.
    package func commitRun(
        under lease: LeaseToken? = nil, _ changes: (RunID) -> [Change]
    ) async throws -> RunID {
        fatalError("comes with the implementation")
    }
}

// Reads block the calling thread for some tens of microseconds and see the last commit.
extension Store {
    // Runs

    /// The run of that number. Raises `name.unknown`.
    package func run(_ id: RunID) throws -> RunRecord { fatalError() }
    /// Runs, newest first, older than `before` when given.
    package func runs(
        in states: Set<RunState>? = nil, before: RunID? = nil, limit: Int = 50
    ) throws -> [RunRecord] { fatalError() }
    /// The entries of a branch whose calls come after `sequence`, in order, at most `limit`.
    package func entries(
        of run: RunID, branch: Branch = .main, after sequence: Int = 0, limit: Int = .max
    ) throws -> [JournalEntry] { fatalError() }
    /// The branches of a run that have journal entries, in the order of their paths.
    package func branches(of run: RunID) throws -> [Branch] { fatalError() }
    /// Where the journal of a branch ends.
    package func journalEnd(of run: RunID, branch: Branch = .main) throws -> JournalEnd {
        fatalError()
    }
    /// Walks the chains of a run's journal. Raises `run.journal_tampered` at the first broken link.
    package func verifyJournal(of run: RunID) throws { fatalError() }
    /// The text kept under `digest`; nil when there is none.
    package func source(_ digest: Digest) throws -> String? { fatalError() }
    /// The last `limit` notes of a run that came before number `before`, oldest first.
    package func notes(
        of run: RunID, before: Int64 = .max, limit: Int
    ) throws -> [NumberedNote] { fatalError() }
    /// The first `limit` notes of a run that came after number `after`, oldest first.
    package func notes(
        of run: RunID, after: Int64, limit: Int
    ) throws -> [NumberedNote] { fatalError() }
    /// The earliest instant at which a waiting run or an open question wants attention; nil: none.
    package func nextDeadline() throws -> Timestamp? { fatalError() }

    // Questions

    /// The question of that number. Raises `name.unknown`.
    package func question(_ id: QuestionID) throws -> Question { fatalError() }
    /// The question asked at that place; nil when none was.
    package func question(at place: JournalPlace) throws -> Question? { fatalError() }
    /// The questions of a run, oldest first.
    package func questions(of run: RunID) throws -> [Question] { fatalError() }
    /// Open questions of all runs, oldest first, after the given one.
    package func openQuestions(
        after: QuestionID = QuestionID(0), limit: Int = 100
    ) throws -> [Question] { fatalError() }
    /// Open questions whose deadline is not after `instant`, the earliest deadline first.
    package func overdueQuestions(
        at instant: Timestamp, limit: Int = 100
    ) throws -> [Question] { fatalError() }

    // Machines

    /// What is claimed, by the name of the vm; of one run, or of all.
    package func claims(of run: RunID? = nil) throws -> [Claim] { fatalError() }
    /// Every protection, by the name of its vm.
    package func protections() throws -> [ProtectionRecord] { fatalError() }
    /// The protection of a vm; nil when it has none.
    package func protection(of vm: String) throws -> ProtectionRecord? { fatalError() }
    /// The recovery points of a vm, oldest first.
    package func points(of vm: String) throws -> [PointRecord] { fatalError() }

    // The record

    /// What was decided, oldest first; for one run, or in all.
    package func decisions(of run: RunID? = nil) throws -> [Decision] { fatalError() }
    /// What happened, oldest first; in one run, or in all.
    package func events(of run: RunID? = nil) throws -> [Event] { fatalError() }
    /// The last lease taken; nil when no engine has ever led. Whether its holder lives: `Lease.isHeld`.
    package func lastLease() throws -> (LeaseToken, LeaseHolder)? { fatalError() }
    /// Reads the whole database for damage; the time it takes rises with its size.
    /// Raises `store.damaged`.
    package func check() throws { fatalError() }
}
