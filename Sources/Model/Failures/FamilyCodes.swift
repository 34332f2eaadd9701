// Codes of runs that belong to each other (Orchestration/Runs): children, branches of
// `job.parallel`, and runs that continue as another; each with its page.

extension Failure.Code {
    static let family: [Self] = [
        .childFailed, .childCycle, .childDepth, .childUnknown, .branchStopped, .branchesFailed,
        .runContinued,
    ]

    package static let childFailed = Self(
        "run.child_failed",
        meaning: "A run that this one started and waited for failed or was aborted.",
        remedy: "The message names it; its own report (`muster report`) tells what happened there.")

    package static let childCycle = Self(
        "run.child_cycle",
        meaning: "A run would start a plan or runbook that is above it already, without end.",
        remedy: "The message names the chain in order: break it, or loop with job.continue_as.")

    package static let childDepth = Self(
        "run.child_depth",
        meaning: "Children start children more deeply than a person could follow.",
        remedy: "Call a function of a module instead of a runbook, or start them side by side.")

    package static let childUnknown = Self(
        "run.child_unknown",
        meaning: "A run was to wait for one that it did not start.",
        remedy: "job.wait takes the numbers that job.run gave to this run.")

    package static let branchStopped = Self(
        "run.branch_stopped",
        meaning: "A branch of job.parallel was told to end, because another one had failed.",
        remedy: "Look at the branch that failed; on_failure = \"all\" lets the others go on.")

    package static let branchesFailed = Self(
        "run.branches_failed",
        meaning: "Branches of job.parallel failed, and all had been let to run to their end.",
        remedy: "The failure's `failures` hold each one by its place, and `results` the others'.")

    package static let runContinued = Self(
        "run.continued",
        meaning: "A run has ended by continuing as another; what it calls after that cleans up.",
        remedy: "Nothing is to be done: the run's report names its successor.")
}
