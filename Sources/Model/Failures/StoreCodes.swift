// Codes that Store raises, and those of the pure machines it applies (Model/Runs); each with its
// page.

extension Failure.Code {
    static let store: [Self] = [
        .storeDamaged, .storeNewer, .storeFull, .storeBusy, .storeConflict, .appendOnly, .leaseHeld,
        .leaseLost, .runTransitionRefused, .journalOrder, .journalTampered, .numberTaken,
        .vmClaimed, .runSlotTaken,
        .answeredAlready, .questionExpired, .questionWithdrawn, .deadlineAhead, .notYours,
        .answerInvalid, .votedAlready, .delegationRefused,
    ]

    package static let storeDamaged = Self(
        "store.damaged",
        meaning: "The lab's database is not one, or parts of it cannot be read as written.",
        remedy: "Stop every engine, keep a copy of the folder, restore muster.db from a backup.")

    package static let storeNewer = Self(
        "store.newer",
        meaning: "The lab's database was written by a later version of Muster.",
        remedy: "Use that version or a later one; nothing was touched.")

    package static let storeFull = Self(
        "store.full",
        meaning: "There is no room for the database to grow. What was recorded before stands.",
        remedy: "Free space on the lab's file system, then go on with `muster resume`.")

    package static let storeBusy = Self(
        "store.busy",
        meaning: "Another process kept the database locked for longer than a commit takes.",
        remedy: "Find the process that has muster.db open, a copy or a shell perhaps; try again.")

    package static let storeConflict = Self(
        "store.conflict",
        meaning: "A record contradicts one that is there, or names one that is not.",
        remedy: "The message names the table. If no person made it, the fault is in Muster.")

    package static let appendOnly = Self(
        "store.append_only",
        meaning: "Something tried to change or delete what is kept for ever.",
        remedy: "Nothing was changed. Find out who tried.")

    package static let leaseHeld = Self(
        "store.lease_held",
        meaning: "Another engine leads this lab; two would do everything twice.",
        remedy: "Use the engine that is named, or stop it; its lease ends with its process.")

    package static let leaseLost = Self(
        "store.lease_lost",
        meaning: "This engine led the lab once, and another has taken over since.",
        remedy: "Nothing was recorded. Stop this process; the other goes on with its runs.")

    package static let runTransitionRefused = Self(
        "run.transition_refused",
        meaning: "The run is in a state in which that cannot happen.",
        remedy: "`muster runs` shows its state; a run that has ended stays as it is.")

    package static let runSlotTaken = Self(
        "run.slot_taken",
        meaning: "As many runs are running as may at once: of its runbook, its tenant, or in all.",
        remedy: "The run begins by itself when one of the others has ended or waits.")

    package static let journalOrder = Self(
        "run.journal_order",
        meaning: "An entry does not follow the last one of its branch: it would leave a gap.",
        remedy: "Stop this engine; the journal is safe. If only one was running, report it.")

    package static let journalTampered = Self(
        "run.journal_tampered",
        meaning: "An entry of the journal is not what was written: its chain is broken.",
        remedy: "The message names the first such entry. Compare with a backup of muster.db.")

    package static let numberTaken = Self(
        "run.number_taken",
        meaning: "Another process began a run of the same number at the same moment.",
        remedy: "Try again; the next number is free.")

    package static let vmClaimed = Self(
        "run.vm_claimed",
        meaning: "Another run works on that machine; one run at a time may.",
        remedy: "Wait for the run that is named, or abort it with `muster abort`.")

    package static let answeredAlready = Self(
        "question.answered_already",
        meaning: "Somebody was first: the question has its answer.",
        remedy: "The first answer stands; the run's report shows it.")

    package static let questionExpired = Self(
        "question.expired",
        meaning: "The deadline has passed, and what was declared for that case was done.",
        remedy: "The run's report shows what followed; begin a new run if it ended.")

    package static let questionWithdrawn = Self(
        "question.withdrawn",
        meaning: "The run ended or went another way; the question needs no answer.",
        remedy: "Nothing is to be done; the run's report says why.")

    package static let deadlineAhead = Self(
        "question.deadline_ahead",
        meaning: "A question cannot expire before its deadline, nor be escalated before its time.",
        remedy: "Wait, or answer it.")

    package static let notYours = Self(
        "question.not_yours",
        meaning: "The author said who may answer, and it is somebody else.",
        remedy: "`muster tasks` shows for whom a question is; ask one of them.")

    package static let votedAlready = Self(
        "question.voted_already",
        meaning: "The question needs several persons, and this voice has been heard already.",
        remedy: "`muster tasks show` lists who has said what; somebody else must agree.")

    package static let delegationRefused = Self(
        "question.delegation_refused",
        meaning: "That person may answer the question already, or never may.",
        remedy: "The message says which; name somebody else.")

    package static let answerInvalid = Self(
        "question.answer_invalid",
        meaning: "The question takes another kind of answer.",
        remedy: "The message shows the form; `muster tasks` shows the question.")
}
