// Which failures are the outcome of an act and which are the engine's own trouble, and the words of
// those that arise in executing a branch.
import Model
import Store

extension Failure {
    /// Whether this belongs into the journal as what came of the call. Trouble with the store does
    /// not: the engine stops, and the run goes on from its journal when the trouble is over.
    var isOutcome: Bool {
        ![.storeFull, .storeBusy, .storeDamaged, .leaseLost, .journalOrder].contains(code)
    }

    /// Whether a script that is told this may only clean up.
    var endsRun: Bool {
        [.runAborted, .runOutOfTime, .runContinued, .branchStopped].contains(code)
    }

    static func outOfTime(_ run: RunRecord) -> Failure {
        Failure(
            .runOutOfTime,
            "run \(run.id) has used up the \(run.limits.time?.text ?? "time") that its card allows",
            context: ["run": run.id.description])
    }

    static func timedOut(_ primitive: Primitive) -> Failure {
        Failure(
            .stepTimedOut,
            "\(primitive.name) had not ended when the step's time was up; it may still take effect",
            context: ["primitive": primitive.name])
    }

    static func phase(
        _ phase: Primitive.Phase, _ primitive: Primitive, at position: SourcePosition?
    ) -> Failure {
        let place =
            switch phase {
            case .card: "while the card is read, where nothing may be done yet"
            case .preflight: "in preflight, where nothing may be changed"
            case .run: "in a step"
            }
        return Failure(
            .phaseRefused, "\(primitive.name) cannot be called \(place)",
            context: ["primitive": primitive.name, "phase": phase.rawValue], at: position)
    }

    static func divergence(
        at place: JournalPlace, recorded: JournalEntry, asked name: String, _ arguments: String,
        position: SourcePosition?
    ) -> Failure {
        Failure(
            .codeChanged,
            "\(place): the journal holds \(recorded.primitive)\(recorded.payload.shortened), but the "
                + "script now asks for \(name)\(arguments.shortened)",
            context: [
                "recorded": recorded.primitive, "asked": name,
                "recorded_arguments": recorded.payload, "asked_arguments": arguments,
            ],
            at: position)
    }
}

extension String {
    /// Arguments in a message: the list's brackets as a call's, cut at eighty characters.
    package var shortened: String {
        let inner = dropFirst().dropLast()
        return "(" + (inner.count > 80 ? inner.prefix(79) + "…" : inner) + ")"
    }
}
