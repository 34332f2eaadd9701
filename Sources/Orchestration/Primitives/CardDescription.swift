// The tables an author writes or is given, as classes for an editor. An author writes a name as the
// first value of a table, so the classes of cards say `[1]` where the records say `name`.
import Model

struct CardDescription {
    let word: String
    let summary: String
    private(set) var fields: [(name: String, type: String, summary: String)]
    /// What a card may say, where one description serves the manual too.
    private(set) var parameters: [Parameter] = []

    /// The cards that a constructor of that word makes.
    static let constructed = [
        card("step", "A step: a script, a manual task, or both.", PlanCard.step),
        card("manual", "A manual task: a question to a person.", PlanCard.manual),
        card("machine", "A vm of a group that has steps of its own.", PlanCard.machine),
        card("group", "A group of a plan: vms that are failed over together.", PlanCard.group),
        card("contact", "Somebody to call when a plan is run.", PlanCard.contact),
        card("runbook", "A runbook: a card and a function.", RunbookCard.fields),
    ]

    /// What a site's card is made of, each by a constructor of `site`.
    static let siteParts = [
        card("network", "A network of a site, with the addresses it gives.", SiteCard.network),
        card("switch", "A switch that hosts of a site offer.", SiteCard.switchFields),
        card("host", "A host of a site and what it has.", SiteCard.host),
        card("cloud", "Host groups under one name.", SiteCard.cloud),
        card("cluster", "Hosts that are reached by one name.", SiteCard.cluster),
        card("mapping", "The network of another site that stands for one.", SiteCard.mapping),
    ]

    static var all: [CardDescription] {
        [
            given("vm", "A machine as it is now.", MachineView.fields),
            given("standing_host", "A host as it is now.", HostView.fields),
            given("context", "What a step is told about its run.", context),
            given("failure", "What a primitive raises.", failure),
            given("secret", "What an asset hides: a name, which primitives can open.", []),
        ] + constructed + [
            card(
                "plan", "A recovery plan: who, from where to where, in which order.", PlanCard.plan),
            shutdown, parameter,
        ] + siteParts + [card("site", "A site as its file declares it.", SiteCard.site)]
    }

    var text: String {
        let lines = fields.map { "---@field \($0.name) \($0.type) \($0.summary)" }
        return (["--- \(summary)", "---@class muster.\(word)"] + lines).joined(separator: "\n")
    }

    private static func given(
        _ word: String, _ summary: String, _ fields: [Parameter]
    ) -> CardDescription {
        CardDescription(
            word: word, summary: summary,
            fields: fields.map {
                ($0.name + ($0.isRequired ? "" : "?"), $0.type.annotation, $0.summary)
            })
    }

    private static func card(
        _ word: String, _ summary: String, _ fields: [Parameter]
    ) -> CardDescription {
        var made = given(word, summary, fields)
        made.parameters = fields
        for (index, field) in fields.enumerated() {
            switch (word, field.name) {
            case (_, "name"), ("mapping", "network"): made.fields[index].name = "[1]"
            case ("plan", "shutdown"): made.fields[index].type = "muster.shutdown"
            case ("runbook", "parameters"):
                made.fields[index].type = "table<string, muster.parameter>"
            default: break
            }
        }
        return made
    }

    private static var shutdown: CardDescription {
        let steps = given("shutdown", "The order of shutting down.", PlanCard.shutdown)
        return CardDescription(
            word: steps.word, summary: steps.summary,
            fields: [("[integer]", "string", "The groups, first to be shut down first.")]
                + steps.fields)
    }

    private static var parameter: CardDescription {
        let types = ValueType.choice(RunbookCard.types).annotation
        return CardDescription(
            word: "parameter", summary: "A parameter of a runbook.",
            fields: [
                ("[1]", types, "Its type."), ("[2]", "string", "What it is."),
                ("default?", "any", "Its value when it is not given."),
            ])
    }

    private static let context = [
        Parameter("plan", .text, required: true, "The plan's name."),
        Parameter("run", .integer(1..<Int64.max), required: true, "The run's number."),
        Parameter("step", .text, required: true, "The step's name."),
        Parameter("group", .text, "The group, when the step is of one."),
        Parameter(
            "outcome", .choice(Itinerary.StepOutcome.allCases.map(\.rawValue)),
            "Where a step is undone, how it ended."),
        Parameter(
            "kind", .choice(FailoverKind.allCases.map(\.rawValue)), required: true,
            "The failover kind."),
        Parameter(
            "direction", .choice(Direction.allCases.map(\.rawValue)), required: true,
            "There or back."),
        Parameter("source", .text, required: true, "The site that is left, in this direction."),
        Parameter("target", .text, required: true, "The site that takes over."),
        Parameter(
            "side", .choice(StepSide.allCases.map(\.rawValue)), required: true,
            "Which of the two the step works on."),
        Parameter("site", .text, required: true, "The site of that side."),
        Parameter(
            "vms", .list(.made("vm", [])), required: true,
            "The plan's vms as they were at the start."),
        Parameter(
            "vm", .function("(name: string): muster.vm"), required: true,
            "One of them by its name; any other name is an error."),
        Parameter("started_by", .text, required: true, "Who started the run."),
        Parameter("reason", .text, "Why, when a reason was given."),
    ]

    private static let failure = [
        Parameter("code", .text, required: true, "Its stable name: \"fabric.disk_missing\"."),
        Parameter("message", .text, required: true, "What, on which thing, and what can be done."),
        Parameter("where", .text, "FILE:LINE of the author's text."),
        Parameter("primitive", .text, "The primitive that raised it."),
        Parameter("context", .map(.text), "The facts behind the message."),
    ]
}
