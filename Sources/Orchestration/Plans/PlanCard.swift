// The fields of a plan's card, as data: what `plan { … }`, `group { … }`, `step { … }` may say. The
// check with its nearest spelling, the editor's files and `muster help plan` all come from here.
import Model

package enum PlanCard {
    private static let kinds = ValueType.list(.choice(FailoverKind.allCases.map(\.rawValue)))
    private static let directions = ValueType.list(.choice(Direction.allCases.map(\.rawValue)))

    /// A value for every kind of failover, or a table with one for each kind that differs.
    private static func perKind(_ type: ValueType) -> ValueType {
        .either([
            type,
            .record(FailoverKind.allCases.map { Parameter($0.rawValue, type, "For this kind.") }),
        ])
    }

    private static let when = [
        Parameter("kinds", kinds, "The failover kinds it runs for; all when left out."),
        Parameter("directions", directions, "The directions it runs in; both when left out."),
    ]

    package static let manual: [Parameter] =
        [Parameter("name", .text, required: true, "The question, as the person reads it.")]
        + QuestionOptions.fields + when

    /// What a step says of its own failure, and a profile of those that say nothing.
    package static let policy = [
        Parameter(
            "on_error", perKind(.choice(StepPolicy.OnError.allCases.map(\.rawValue))),
            "What a failure means; \"abort\" unless said otherwise."),
        Parameter(
            "retries", perKind(.integer(0..<1001)), "How often a failed script is retried."),
        Parameter("retry_after", perKind(.duration), "The pause before a retry; \"10s\"."),
        Parameter("time_limit", perKind(.duration), "How long one attempt may take; \"10m\"."),
    ]

    package static let step: [Parameter] =
        [
            Parameter("name", .text, required: true, "What is true when the step has succeeded."),
            Parameter(
                "run", .function("(context: muster.context)"),
                "The script: function(context) … end."),
            Parameter(
                "undo", .function("(context: muster.context)"),
                "What undoes the step, on request after an abort; also when it failed half way."),
            Parameter(
                "task", .made("manual", manual), "A manual task asked after the script succeeded."),
            Parameter(
                "side", .choice(StepSide.allCases.map(\.rawValue)),
                "The site the step works on, context.site; \"recovery\" unless said otherwise."),
        ] + policy + when

    private static let steps = ValueType.list(
        .either([.made("step", step), .made("manual", manual)]))

    package static let machine: [Parameter] = [
        Parameter("name", .vm, required: true, "The vm."),
        Parameter(
            "overrides", .record(MachineOverrides.fields),
            "What it has otherwise at the target; taken back by the failback."),
        Parameter("before", steps, "Steps before this vm is failed over."),
        Parameter("after", steps, "Steps after it has started."),
    ]

    package static let group: [Parameter] = [
        Parameter("name", .text, required: true, "The group's name."),
        Parameter(
            "vms", .list(.either([.made("machine", machine), .vm])),
            "The vms; they are failed over at the same time."),
        Parameter("plans", .list(.text), "Plans that are run at the same time, beside the vms."),
        Parameter("before", steps, "Steps before the group's first vm."),
        Parameter("after", steps, "Steps after the group's last vm."),
    ]

    package static let shutdown: [Parameter] = [
        Parameter(
            "order", .list(.text),
            "The groups, first to be shut down first; the groups reversed when left out."),
        Parameter("before", steps, "Steps before the first vm is shut down."),
        Parameter("after", steps, "Steps after the last vm is shut down."),
    ]

    package static let contact: [Parameter] = [
        Parameter("name", .text, required: true, "Whom to call."),
        Parameter("role", .text, "What the person decides or knows: \"service owner\"."),
        Parameter("phone", .text, "The number."),
        Parameter("mail", .text, "The address."),
    ]

    package static let objective: [Parameter] = [
        Parameter("rpo", .duration, "The most that may be lost."),
        Parameter("rto", .duration, "The longest the service may be away."),
    ]

    package static let plan: [Parameter] = [
        Parameter("summary", .text, required: true, "What the plan does, in one line."),
        Parameter("source", .text, required: true, "The site that is failed over from."),
        Parameter("target", .text, required: true, "The site that is failed over to."),
        Parameter("objective", .record(objective), "What was promised: rpo and rto."),
        Parameter(
            "contacts", .list(.made("contact", contact)), "Whom to call; the plan's document."),
        Parameter(
            "preflight", steps,
            "Checks before anything is touched; nothing may be changed, and all of them run."),
        Parameter("before", steps, "Steps before the first vm is shut down; they may mend."),
        Parameter(
            "shutdown", .record(shutdown), "The order of shutting down; the groups reversed."),
        Parameter("groups", .list(.made("group", group)), required: true, "The order of starting."),
        Parameter("after", steps, "Steps after the last group."),
        Parameter("dependencies", .map(.list(.vm)), "For a vm, the vms that must run before it."),
        Parameter(
            "profile", .record(policy),
            "What holds for steps and vms that do not say it themselves: plan.profiles.asr."),
        Parameter("assets", .list(.text), "Assets its steps need; looked for before a run begins."),
        Parameter("reverse", .boolean, "Replicate back after a planned failover; true."),
        Parameter("start", .boolean, "Start the vms after failing over; true."),
    ]
}
