// A run again, step by step: each call its journal holds, with the line of the script that made it,
// and what the script's variables held at one of them. Made by going through the journal with the
// run's own text; a call that the text does not come to any more stands without its line.
import LuaRuntime
import Model
import Store

package struct Replay: Sendable {
    /// One call, counted from 1 in the order in which they were begun.
    package struct Step: Sendable {
        package let number: Int
        package let act: RunReport.Act
        /// nil for the calls of the engine's own itinerary.
        package let position: SourcePosition?
    }

    package let run: RunRecord
    package let steps: [Step]
    /// The author's frames at the last of the steps, innermost first; empty where nobody asked.
    package let frames: [LuaFrame]
}

extension Orchestrator {
    /// Goes through a run's journal again. With `to` it ends at the call of that number and tells
    /// what the variables held when it was made. Raises `name.unknown` for a run or a call that is
    /// not there.
    package func replay(_ id: RunID, to number: Int? = nil) async throws -> Replay {
        let run = try services.store.run(id)
        let acts = try RunReport.acts(of: id, services.store)
        let wanted = try number.map { number throws(Failure) in
            guard acts.indices.contains(number - 1) else {
                throw Failure(
                    .unknownName,
                    "run \(id) has made \(acts.count) calls, so there is no number \(number)")
            }
            return acts[number - 1].place
        }
        let rehearsal = Rehearsal(lookingAt: wanted)
        if !acts.isEmpty {
            let sources = try RunSources(run: run, store: services.store, library: library)
            try await rehearse(run, sources, rehearsal)
        }
        let positions = rehearsal.positions
        let steps = acts.prefix(number ?? .max).enumerated().map { index, act in
            Replay.Step(number: index + 1, act: act, position: positions[act.place])
        }
        return Replay(run: run, steps: steps, frames: rehearsal.frames)
    }
}

extension Replay {
    package var value: Value {
        var fields: [String: Value] = [
            "run": .integer(run.id.number), "state": .text(run.state.rawValue),
            "steps": .list(steps.map(\.view)),
        ]
        if !frames.isEmpty { fields["frames"] = .list(frames.map(\.view)) }
        return .object(fields)
    }
}

extension Replay.Step {
    fileprivate var view: Value {
        var fields = act.view.object ?? [:]
        fields["number"] = .integer(Int64(number))
        fields["where"] = position.map { .text($0.description) } ?? .null
        return .object(fields)
    }

    /// What came of it, on one line: `✔ "running"`, `✘ fabric.vm_missing: …`.
    package var outcome: String {
        guard let outcome = act.outcome else { return "… outcome not written" }
        if outcome.kind == .result {
            return outcome.payload == "null" ? "✔" : "✔ \(outcome.payload.prefix(80))"
        }
        let failure = (try? Value(json: outcome.payload)).flatMap { Failure($0) }
        return "✘ " + (failure.map { "\($0.code): \($0.message)" } ?? outcome.payload)
    }
}

extension LuaFrame {
    fileprivate var view: Value {
        [
            "function": function.map { .text($0) } ?? .null, "where": .text(position.description),
            "variables": .list(
                variables.map {
                    [
                        "name": .text($0.name), "value": .text($0.text),
                        "outside": .boolean($0.isUpvalue),
                    ]
                }),
        ]
    }
}
