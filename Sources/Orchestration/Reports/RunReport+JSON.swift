// The report as JSON, for programs; the same facts as the text.
import Model
import Store

extension RunReport {
    package var value: Value {
        [
            "run": run.view, "decisions": .list(decisions.map(\.view)),
            "stages": .list(stages.map(\.view)), "questions": .list(questions.map(\.view)),
            "acts": .list(acts.map(\.view)), "notes": .list(notes.map(\.view)),
            "events": .list(events.map(\.view)), "recoveries": .list(recoveries.map(\.view)),
            "stand": .list(stand), "loss_seconds": .object(losses.mapValues { .float($0) }),
            "not_in_this_run": .list(latecomers.map { .text($0) }),
            "warnings": .list(warnings.map { .text($0) }),
            "rehearsal": rehearsal?.view ?? .null,
            "objective": objectiveView, "prediction": forecastView,
            "returned": returned ?? .null,
            "children": .list(children.map(\.view)),
            "successor": successor.map { .integer($0.number) } ?? .null,
            "seconds": [
                "all": .float(took.seconds), "machine": .float(machineTime.seconds),
                "human": .float(humanTime.seconds),
            ],
        ]
    }
}

extension RunRecord {
    /// A run as every face shows it.
    package var view: Value {
        var fields: [String: Value] = [
            "id": .integer(id.number), "kind": .text(kind.rawValue), "name": .text(name),
            "file": .text(file), "state": .text(state.rawValue), "started_by": .text(startedBy),
            "created_at": .text(createdAt.description), "parameters": parameters,
            "version": .text(runtimeVersion),
            "sources": .list(
                sources.map { ["module": .text($0.module), "digest": .text("\($0.digest)")] }),
        ]
        if let act = planAct { fields["act"] = .text(act.kind.rawValue) }
        if let failover {
            fields["failover"] = .text(failover.rawValue)
            fields["direction"] = .text(direction.rawValue)
        }
        if priority != .normal { fields["priority"] = .text(priority.rawValue) }
        if let parent {
            fields["parent"] = [
                "run": .integer(parent.place.run.number),
                "branch": .text(parent.place.branch.path),
                "sequence": .integer(Int64(parent.place.sequence)),
                "waits": .boolean(parent.isAwaited),
            ]
        }
        if let continuation {
            fields["continues"] = .integer(continuation.predecessor.number)
        }
        if limits != RunLimits() { fields["limits"] = limits.value }
        if let scope { fields["scope"] = .text(scope) }
        if let reason { fields["reason"] = .text(reason) }
        if let startedAt { fields["started_at"] = .text(startedAt.description) }
        if let endedAt { fields["ended_at"] = .text(endedAt.description) }
        if let failure { fields["failure"] = failure.value }
        if let abort { fields["abort"] = abort.view }
        if let suspension { fields["suspension"] = suspension.view }
        if let stop { fields["stop"] = stop.view }
        return .object(fields)
    }
}

extension RunWishMade {
    fileprivate var view: Value {
        [
            "by": .text(by), "reason": reason.map { .text($0) } ?? .null,
            "at": .text(at.description),
        ]
    }
}

extension Decision {
    fileprivate var view: Value {
        [
            "who": .text(who), "what": .text(what), "reason": reason.map { .text($0) } ?? .null,
            "at": .text(at.description),
        ]
    }
}

extension Event {
    /// What the record says of the event, by name.
    var facts: [String: Value] { (try? Value(json: record))?.object ?? [:] }

    fileprivate var view: Value {
        ["topic": .text(topic), "at": .text(at.description), "facts": .object(facts)]
    }
}

extension PlanProgress.Stage {
    package var view: Value {
        ["id": .text(id), "title": .text(title), "tasks": .list(tasks.map(\.view))]
    }
}

extension PlanProgress.Task {
    package var view: Value {
        var fields: [String: Value] = [
            "id": .text(id), "title": .text(title), "state": .text(state.rawValue),
        ]
        if let begunAt { fields["begun_at"] = .text(begunAt.description) }
        if let endedAt { fields["ended_at"] = .text(endedAt.description) }
        if let remark { fields["remark"] = .text(remark) }
        return .object(fields)
    }
}

extension RunReport.Recovery {
    fileprivate var view: Value {
        [
            "vm": .text(vm), "point": point, "roots": .object(roots.mapValues { .text($0) }),
        ]
    }
}

extension RunReport.Act {
    package var view: Value {
        var fields: [String: Value] = [
            "branch": .text(place.branch.path), "sequence": .integer(Int64(place.sequence)),
            "primitive": .text(primitive), "arguments": (try? Value(json: arguments)) ?? .null,
            "begun_at": .text(begunAt.description),
            "outcome": .text(outcome?.kind.rawValue ?? "unknown"),
        ]
        if let outcome {
            fields["ended_at"] = .text(outcome.at.description)
            fields["returned"] = (try? Value(json: outcome.payload)) ?? .null
        }
        return .object(fields)
    }
}

extension RunNote {
    package var view: Value {
        [
            "level": .text(level.rawValue), "text": .text(text), "at": .text(at.description),
            "branch": .text(branch.path),
        ]
    }
}
