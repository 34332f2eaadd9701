// The namespace `job`: the run one is in. Notes are answered at once; sleeping and asking leave
// memory.
import Model
import Store

extension Catalogue {
    static let job: [Primitive] = jobNotes + jobTime + jobPatience + [jobAsk, jobRequireRights]

    private static func note(
        _ verb: String, _ level: RunNote.Level, _ summary: String
    ) -> Primitive {
        Primitive(
            "job.\(verb)", summary,
            parameters: [
                Parameter(
                    "text", .text, required: true, "The line, or a format as string.format's."),
                Parameter("…", .any, "Values for the format."),
            ],
            effect: .notes, example: #"job.\#(verb)("%s is at %s", vm.name, vm.site)"#
        ) { _ in .null }
    }

    private static let jobNotes = [
        note("note", .verbose, "Writes a line to the run's verbose stream."),
        note("output", .output, "Writes a line to the run's output stream."),
        note("progress", .progress, "Writes a line to the run's progress stream."),
        note("warn", .warning, "Writes a line to the run's warning stream."),
        note("error", .error, "Writes a line to the run's error stream; the run goes on."),
    ]

    /// The stream that a note primitive writes to.
    static func level(ofNote name: String) -> RunNote.Level {
        switch name {
        case "job.output": .output
        case "job.progress": .progress
        case "job.warn": .warning
        case "job.error": .error
        default: .verbose
        }
    }

    private static let jobTime = [
        Primitive(
            "job.now", "Gets the time of the run's last journal entry, in seconds since 1970.",
            result: .number, returns: "seconds", effect: .reads, phases: [.preflight, .run],
            example: #"local begun = job.now()"#
        ) { call in
            .float(Double(call.startedAt.microseconds) / 1_000_000)
        },
        Primitive(
            "job.deadline", "Gets the time that lies a duration ahead, in seconds since 1970.",
            parameters: [Parameter("after", .duration, required: true, "How far ahead.")],
            result: .number, returns: "seconds", effect: .reads, phases: [.preflight, .run],
            example: #"local deadline = job.deadline "2m""#
        ) { call in
            let ahead = try Duration(text: call.arguments["after"]?.text ?? "")
            return .float(Double((call.startedAt + ahead).microseconds) / 1_000_000)
        },
        Primitive(
            "job.sleep", "Waits for a duration; the run leaves memory meanwhile.",
            parameters: [Parameter("duration", .duration, required: true, "How long.")],
            effect: .waits { call in
                let pause = try Duration(text: call.arguments["duration"]?.text ?? "")
                let deadline = call.startedAt + pause
                return call.services.clock.now >= deadline
                    ? .value(.null) : .pending(until: deadline)
            },
            phases: [.preflight, .run], example: #"job.sleep "30s""#
        ) { _ in .null },
    ]

    /// Asked first, it keeps a run from getting stuck half way (F-9).
    private static let jobRequireRights = Primitive(
        "job.require_rights", "Raises unless whoever started the run holds all of the rights.",
        parameters: [
            Parameter(
                "rights", .list(.choice(FailoverRight.allCases.map(\.rawValue))), required: true,
                "The rights.")
        ],
        effect: .reads, phases: [.preflight, .run], raises: [.refused],
        example: #"job.require_rights { "planned", "reverse" }"#
    ) { call in
        let names = call.arguments["rights"]?.list?.compactMap(\.text) ?? []
        try call.services.rights.require(names.compactMap(FailoverRight.init), of: call.by)
        return .null
    }

    private static let jobAsk = Primitive(
        "job.ask", "Asks a person, and waits for the answer; a refusal aborts the run.",
        parameters: [
            Parameter("title", .text, required: true, "The question, as the person reads it."),
            Parameter("options", .record(QuestionOptions.fields), "How it is asked."),
        ],
        result: .either([.text, .number, .boolean]), returns: "the answer",
        effect: .waits { call in try Asking(call: call).arrival() },
        opening: { call in [try Asking(call: call).change] },
        raises: [.questionRefused, .questionExpired],
        example:
            #"local answer = job.ask("Go on?", { choices = { "yes", "no" }, deadline = "30m" })"#
    ) { _ in .null }
}
