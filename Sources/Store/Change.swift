// Everything durable that can happen, as values. A batch of changes is committed whole or not at
// all. Some changes carry a precondition; where it does not hold the batch is refused with the
// named failure. What is large stands apart (`indirect`): a change is copied several times on its
// way, and most are a journal's entry.
import Model

package enum Change: Sendable, Equatable {
    // Runs

    /// A run begins its life, in the state its record says. Its sources' texts must be stored,
    /// before or in the same batch. Raises `run.number_taken`.
    indirect case runInserted(RunRecord)
    /// `event` happened to a run; `wakeAt` is kept while it waits. One that is parked while a stop
    /// or a suspension is noted does not wait but is that. Raises `run.transition_refused`.
    indirect case runChanged(
        RunID, RunEvent, at: Timestamp, failure: Failure? = nil, wakeAt: Timestamp? = nil)
    /// Holds only while the run is in that state; changes nothing. Raises `run.transition_refused`.
    case runRequired(RunID, in: RunState)
    /// Holds only while there is a place for the run to be running; changes nothing. Raises
    /// `run.slot_taken`.
    indirect case slotRequired(RunID, RunSlots)
    /// The run's texts are these from now on, stored before or in the same batch, and its limits
    /// too. Raises `run.transition_refused` when the run has ended.
    indirect case runPatched(RunID, [RunSource], RunLimits)
    /// Somebody wishes something of a run; the first of a kind stands. Raises
    /// `run.transition_refused` as `RunState.hearing(_:isSuspensionNoted:)` does.
    indirect case runWished(RunID, RunWish, RunWishMade)
    /// A run that another one starts, its child or its successor, begins its life under the next
    /// free number, whatever number its record says.
    indirect case runAdded(RunRecord)
    /// The parent of that run waits for it from now on.
    case childAwaited(RunID)
    /// Somebody wants a run to end, if it has not ended yet.
    indirect case abortWished(RunID, RunWishMade)
    /// The same for every child that a run waits for.
    indirect case childrenAborted(RunID, RunWishMade)
    /// An entry is appended to the journal of its branch. Raises `run.journal_order`.
    case journaled(JournalEntry)
    /// A text is kept under its digest; one that is there already is left alone.
    case sourceStored(String)
    /// A run has loaded that chunk, whose text is stored.
    case sourceUsed(RunID, RunSource)
    /// A line of a stream is appended; one of that key that is there already is left alone.
    indirect case noted(RunNote)

    // Questions

    /// A question is put. Asking again at the same place changes nothing, so a replay may.
    indirect case questionAsked(JournalPlace, QuestionRequest, at: Timestamp)
    /// Somebody answers or refuses. Raises what `Question.heard(_:)` raises.
    indirect case questionAnswered(QuestionID, QuestionReply)
    /// Somebody lets another answer too. Raises what `Question.delegated(to:by:at:)` raises.
    indirect case questionDelegated(QuestionID, to: Person, by: Person, at: Timestamp)
    /// Those who are asked too have been told. Raises what `Question.escalated(at:)` raises.
    case questionEscalated(QuestionID, at: Timestamp)
    /// The deadline has passed. Raises what `Question.expired(at:)` raises.
    case questionExpired(QuestionID, at: Timestamp)
    /// The run needs no answer any more. Raises what `Question.withdrawn(at:)` raises.
    case questionWithdrawn(QuestionID, at: Timestamp)
    /// The same for every open question of a run; none open is no error.
    case questionsWithdrawn(RunID, at: Timestamp)

    /// Outside was told what that row of the outbox says, or will not be.
    case newsEnded(Int64)
    /// It could not be told so many times, and is due again then.
    case newsPostponed(Int64, attempts: Int, until: Timestamp)

    // Machines

    /// The run takes these vms for itself: all of them or none. Taking again what it holds changes
    /// nothing. Raises `run.vm_claimed`, naming the run that holds one.
    case vmsClaimed([String], by: RunID, at: Timestamp)
    /// The run gives these vms up; those it does not hold are left alone.
    case vmsReleased([String], by: RunID)
    /// The run gives up all it holds.
    case claimsReleased(RunID)
    /// A vm's protection as it is now, put in the place of the former.
    indirect case protectionSaved(ProtectionRecord)
    /// The protection of that key is no more; its points go with it.
    case protectionRemoved(key: String)
    /// The vm's recovery points as they are now, put in the place of the former.
    case pointsReplaced(vm: String, [PointRecord])

    /// Addresses of pools are taken for a machine, or all that it has are released. Raises
    /// `fabric.pool_exhausted`, saying how many are missing.
    indirect case addressesMoved(AddressMove, at: Timestamp)

    // Schedules

    /// A schedule as it is now, put in the place of the former.
    indirect case scheduleSaved(RunSchedule)
    /// The schedule is no more; what waits in its queue goes with it, its other turns stay.
    case scheduleRemoved(String)
    /// A due time has its turn. Raises `schedule.turn_taken` when it had one that was not `queued`.
    indirect case turnTaken(ScheduleTurn)

    // Triggers

    /// A trigger as it is now, put in the place of the former; what it knows of the things it
    /// watches becomes `marks`, or stays when that is nil.
    indirect case triggerSaved(RunTrigger, marks: [String: String]?)
    /// The trigger is no more; its firings and marks stay.
    case triggerRemoved(String)
    /// A mark is compared and set. Raises `trigger.fired_already` when it is not what it must be,
    /// and `trigger.paused` when the trigger is paused or gone.
    indirect case triggerMarked(TriggerMark)
    /// The same, and the firing is kept.
    indirect case triggerFired(TriggerFiring)
    // Subscriptions

    /// What was agreed with a subscription, put in the place of the former.
    indirect case subscriptionSaved(Subscription)

    // Assets

    /// An asset as it is now, the next version of what is there. Raises `asset.changed` when the
    /// version before it is not the one that is kept.
    indirect case assetSaved(Asset)
    /// A variable's next version has that value. Raises `asset.changed` when it is gone.
    indirect case variableSet(String, Value, by: String, at: Timestamp)
    /// These assets, and no others, are sealed, each under a key that is the same for all. Raises
    /// `asset.changed` when one has another version, or another is sealed otherwise.
    indirect case assetsResealed([Asset])
    /// The asset is no more. Raises `asset.changed` when there is none.
    case assetRemoved(String)

    // The library

    /// A text, stored before or in the same batch, is the next version of a name. Raises
    /// `store.conflict` when another took that number.
    indirect case versionImported(LibraryVersion)
    /// The draft of a name is that version; nil for none.
    case draftSet(String, Int?)
    /// A version is in force from now on, and no draft any more.
    indirect case published(Publication)
    /// A run is started with that version.
    case editionUsed(RunID, RunEdition)

    // Plans

    /// How ready a plan was found, put in the place of what was found before.
    indirect case readinessKept(PlanReadiness)
    /// There is no such plan any more.
    case readinessForgotten(String)

    // The record

    /// A person decided. Kept for ever (F-5).
    indirect case decided(Decision)
    /// Something happened that an auditor may ask for. Kept for ever.
    indirect case recorded(Event)
    /// An engine takes the lead; only `Lease` makes this change. Raises `store.lease_held`.
    indirect case leaseTaken(LeaseToken, LeaseHolder)
}

/// Consulted around each batch: tests kill an engine through it, before or after any write. It runs
/// on whichever thread writes, one batch at a time.
package protocol CommitObserver: Sendable {
    /// Before the batch is applied. What it throws is thrown to the caller, and nothing is written.
    func willCommit(_ changes: [Change]) throws
    /// After the batch is durable. What it throws is thrown to the caller; the batch stands.
    func didCommit(_ changes: [Change]) throws
}
