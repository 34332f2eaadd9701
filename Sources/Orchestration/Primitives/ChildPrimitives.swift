// The namespace `job`, as far as it is about other runs: starting them, waiting for them, going on
// as one.
import Model
import Store

extension Catalogue {
    static let jobFamily: [Primitive] = [jobRun, jobWait, jobParallel, jobContinueAs]

    private static let jobRun = Primitive(
        "job.run", "Starts another plan or runbook as a run of its own, and waits for its end.",
        parameters: [
            Parameter("name", .text, required: true, "The plan or runbook."),
            Parameter("parameters", .map(.any), "What it is told, as `--param` does."),
            Parameter(
                "options",
                .record(
                    [
                        Parameter("wait", .boolean, "Whether to wait for its end; true."),
                        Parameter("reason", .text, "Why; the reason of this run."),
                        Parameter(
                            "direction", .choice(Direction.allCases.map(\.rawValue)),
                            "For a plan: there or back."),
                    ] + PlanAct.fields), "How it is started."),
        ],
        result: .either([.any]),
        returns: "what it returned, or its number when it is not waited for",
        effect: .waits { call in try ChildRun(call: call).arrival() },
        opening: { call in try await ChildRun(call: call).opening() },
        abandoning: { call, reason in try ChildRun(call: call).abandoning(reason) },
        raises: [
            .sourceMissing, .parameterInvalid, .childFailed, .childCycle, .childDepth, .refused,
        ],
        example: #"local number = job.run("test-failover", { vm = "sql01" }, { wait = false })"#
    ) { _ in .null }

    private static let jobWait = Primitive(
        "job.wait", "Waits until runs that this one has started have ended.",
        parameters: [
            Parameter(
                "children",
                .either([.integer(1..<Int64.max), .list(.integer(1..<Int64.max))]), required: true,
                "The number that job.run gave, or a list of them.")
        ],
        result: .either([.any]), returns: "what it returned; of a list, a list in its order",
        effect: .waits { call in try AwaitedChildren(call: call).arrival() },
        opening: { call in try AwaitedChildren(call: call).opening() },
        abandoning: { call, reason in try AwaitedChildren(call: call).abandoning(reason) },
        raises: [.childFailed, .childUnknown],
        example: #"local results = job.wait { first, second }"#
    ) { _ in .null }

    /// The prelude makes the branches of what an author gives, and leaves their names here; so the
    /// journal shows how many there were and of what.
    private static let jobParallel = Primitive(
        "job.parallel", "Runs branches side by side, and waits until the last has ended.",
        parameters: [
            Parameter(
                "branches", .list(.any), required: true,
                "Functions, or the items that `each` is called with."),
            Parameter(
                "each", .function("(item: any, index: integer): any"),
                "What is called with each item and its place."),
            Parameter(
                "options",
                .record([
                    Parameter(
                        "limit", .integer(1..<Int64(Limits.parallelBranchesMax) + 1),
                        "How many run at once; all."),
                    Parameter(
                        "on_failure", .choice(["stop", "all"]),
                        "Whether the first failure stops the others, or all run; \"stop\"."),
                ]), "How they run."),
        ],
        result: .list(.any), returns: "what each returned, in their order", effect: .forks,
        raises: [.branchStopped, .branchesFailed],
        example: #"local disks = job.parallel(vms, replication.measure, { limit = 4 })"#
    ) { _ in .null }

    /// Its outcome is a failure that ends the script, as an abort does, so that `<close>` runs.
    private static let jobContinueAs = Primitive(
        "job.continue_as", "Ends the run, which goes on as a new one with a fresh journal.",
        parameters: [
            Parameter("parameters", .map(.any), required: true, "What the new run is told.")
        ],
        effect: .repeatable, raises: [.parameterInvalid, .phaseRefused, .runContinued],
        example: #"job.continue_as { round = arguments.round + 1 }"#
    ) { call in throw try await Continuation(call: call).ending() }
}
