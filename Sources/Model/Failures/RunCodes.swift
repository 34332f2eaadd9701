// Codes that runs raise (Orchestration/Runs); each with its page. What may follow what for a run
// and a question is kept by the store, and its codes stand there.

extension Failure.Code {
    static let run: [Self] =
        [
            .argumentInvalid, .phaseRefused, .codeChanged, .outcomeUnknown, .runAborted,
            .questionRefused, .parameterInvalid, .sourceMissing, .patchRefused, .runOutOfTime,
            .runStopped, .runTimedOut,
        ] + family

    package static let argumentInvalid = Self(
        "run.argument_invalid",
        meaning: "A primitive was called with an argument or option it does not take.",
        remedy: "The message names the line, the option and its nearest right spelling.")

    package static let phaseRefused = Self(
        "run.phase_refused",
        meaning: "A primitive was called where it is not allowed, such as a write in preflight.",
        remedy:
            "Move the call: cards and preflight may look only; `before` and later steps may act.")

    package static let codeChanged = Self(
        "run.code_changed",
        meaning: "The script asks for another call than the one its journal holds at that place.",
        remedy:
            "The run keeps its own text, so this means a journal of another run or a damaged one.")

    package static let outcomeUnknown = Self(
        "run.outcome_unknown",
        meaning: "The engine died while an act was under way, and nobody can tell if it happened.",
        remedy: "Look at the thing itself and answer the question that the run has put.")

    package static let runAborted = Self(
        "run.aborted",
        meaning: "The run was aborted by a person.",
        remedy: "The report says what was done, what was not and what stands now.")

    package static let patchRefused = Self(
        "run.patch_refused",
        meaning: "The new text of a run would have done something else than what the run has done.",
        remedy:
            "The message names the first step that differs: keep what was executed, change the rest."
    )

    package static let runOutOfTime = Self(
        "run.out_of_time",
        meaning: "The run took longer than its card allows.",
        remedy: "The report says where the time went; `limits.time` of the card is the bound.")

    package static let runStopped = Self(
        "run.stopped",
        meaning: "The run was stopped by a person where it stood; nothing was cleaned up.",
        remedy:
            "The report says what was done and what was under way; look at that before going on.")

    package static let runTimedOut = Self(
        "run.timed_out",
        meaning: "What a run waited for had not come when its deadline passed.",
        remedy: "The message says what was waited for, and the line; look why it did not come.")

    package static let questionRefused = Self(
        "question.refused",
        meaning: "A person refused a manual task; refusing aborts.",
        remedy: "Read the comment in the report, settle what it names, and run again.")

    package static let parameterInvalid = Self(
        "run.parameter_invalid",
        meaning: "A parameter given to a run is missing, unknown or of another type.",
        remedy: "The message names it; `muster help` and the runbook's card list what it takes.")

    package static let sourceMissing = Self(
        "run.source_missing",
        meaning: "No runbook or plan of that name is in the library.",
        remedy:
            "The message offers the nearest name; give a path, or put the file into `runbooks/`.")
}
