// A dry run for a person, and as a value for programs.
import Model

extension DryRun {
    package var text: String {
        let times = times
        let parts = [heading] + itinerary.stages.map { lines(of: $0, times) } + [lossLines]
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
            .joined(separator: "\n\n") + "\n"
    }

    package var value: Value {
        let times = times
        return [
            "plan": .text(name), "kind": .text(act?.kind.rawValue ?? kind.rawValue),
            "source": .text(origin),
            "target": .text(destination), "at": .text(at.description),
            "stages": .list(itinerary.stages.map { view(of: $0, times) }),
            "away": forecast.away.value, "whole": forecast.whole.value,
            "losses": .object(forecast.losses.mapValues(\.value)),
            "objective": plan.objective.value, "verdicts": .object(verdictViews),
            "preflight": fault?.value ?? .null,
        ]
    }

    /// What was promised, against the worst and the best that is expected.
    private enum Verdict: String {
        case kept, missed
        case doubtful = "in doubt"

        init(_ band: TimeBand, of promised: Duration) {
            self = band.high <= promised ? .kept : band.low > promised ? .missed : .doubtful
        }
    }

    private var lost: TimeBand {
        forecast.losses.values.map(\.time).reduce(.nothing, TimeBand.longer)
    }

    private var verdicts: [(name: String, promised: Duration, verdict: Verdict)] {
        [("rto", plan.objective.rto, forecast.away), ("rpo", plan.objective.rpo, lost)]
            .compactMap { name, promised, band in
                promised.map { (name, $0, Verdict(band, of: $0)) }
            }
    }

    private var verdictViews: [String: Value] {
        Dictionary(uniqueKeysWithValues: verdicts.map { ($0.name, .text($0.verdict.rawValue)) })
    }

    private func promise(_ name: String) -> String {
        verdicts.first { $0.name == name }
            .map { ", of \($0.promised.readable) allowed: \($0.verdict.rawValue)" } ?? ""
    }

    private var heading: [String] {
        let failover = kind == .failback ? "failback" : "\(kind.rawValue) failover"
        let act = act?.kind.rawValue ?? failover
        let preflight = fault.map { "would stop the run: \($0.message)" } ?? "would let it pass"
        return [
            "Dry run · \(name) · \(act), \(origin) → \(destination)",
            "  nothing was touched; as things stand at \(at)",
            "  away: \(forecast.away.words)\(promise("rto"))",
            "  in all: \(forecast.whole.words)", "  preflight \(preflight)",
        ]
    }

    private var times: [String: PlanForecast.Task] {
        Dictionary(uniqueKeysWithValues: forecast.tasks.map { ($0.id, $0) })
    }

    private func lines(
        of stage: Itinerary.Stage, _ times: [String: PlanForecast.Task]
    ) -> [String] {
        [stage.title]
            + stage.tasks.flatMap { task -> [String] in
                let time = times[task.id].map { "  \($0.time.words), \($0.source.words)" } ?? ""
                return ["  \(task.title)\(time)"]
                    + effects[task.id, default: []].map { "    \($0)" }
            }
    }

    private var lossLines: [String] {
        let lines = plan.vms.compactMap { vm -> String? in
            guard let loss = forecast.losses[vm] else { return nil }
            let time = loss.time == .nothing ? "nothing" : loss.time.words
            let pending = loss.pending.map { ", \($0) not sent yet" } ?? ""
            return "  \(vm): \(time)\(pending)"
        }
        return lines.isEmpty ? [] : ["What would be lost\(promise("rpo"))"] + lines
    }

    private func view(
        of stage: Itinerary.Stage, _ times: [String: PlanForecast.Task]
    ) -> Value {
        let tasks = stage.tasks.map { task -> Value in
            var fields: [String: Value] = [
                "id": .text(task.id), "title": .text(task.title),
                "needs": .list(task.needs.map { .text($0) }),
                "effects": .list(effects[task.id, default: []].map { .text($0) }),
                "time": times[task.id]?.time.value ?? .null,
                "from": times[task.id].map { .text($0.source.words) } ?? .null,
            ]
            if let manual = task.work.asked { fields["asks"] = manual.view }
            return .object(fields)
        }
        return ["id": .text(stage.id), "title": .text(stage.title), "tasks": .list(tasks)]
    }
}

extension Itinerary.Task.Work {
    /// What it asks of a person; nil when nothing.
    package var asked: ManualTask? {
        switch self {
        case .manual(let manual): manual
        case .script(_, let manual): manual
        case .check, .machine, .plan: nil
        }
    }
}
