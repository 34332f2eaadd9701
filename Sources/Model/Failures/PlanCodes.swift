// Codes that recovery plans raise (Orchestration/Plans); each with its page.

extension Failure.Code {
    static let plan: [Self] = [
        .cardInvalid, .preflightFailed, .stepFailed, .stepTimedOut, .valueMissing,
    ]

    package static let cardInvalid = Self(
        "plan.card_invalid",
        meaning:
            "A card (plan, group, step, runbook …) is missing, misspelt or contradicts itself.",
        remedy:
            "The message names file, line and field; `muster help plan` shows what may stand there."
    )

    package static let preflightFailed = Self(
        "plan.preflight_failed",
        meaning: "Before anything was touched, the plan found that it could not succeed.",
        remedy: "Mend what the message lists and run again; nothing has been changed.")

    package static let stepFailed = Self(
        "plan.step_failed",
        meaning: "A step of the plan failed and its error policy is abort.",
        remedy:
            "The cause names the act; the report says what was done, what was not and what stands.")

    package static let valueMissing = Self(
        "plan.value_missing",
        meaning: "A step asked for a value that the run had not made yet.",
        remedy: "Ask in a step that comes after the one that makes it, such as `after` of the vm.")

    package static let stepTimedOut = Self(
        "plan.step_timed_out",
        meaning: "An attempt of a step took longer than its time limit.",
        remedy: "Look at what it waited for; raise `time_limit` in the step if it was only slow.")
}
