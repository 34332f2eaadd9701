// The report for a person: what was done, what was not, who decided, and what stands now.
import Model
import Store

extension RunReport {
    package var text: String {
        [
            heading + familyLines, failureLines, taskLines, childLines, questionLines,
            recoveryLines, standLines, latecomerLines, lossLines, warningLines,
            objectiveLines, forecastLines, noteLines, eventLines, decisionLines, sourceLines,
        ]
        .filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var heading: [String] {
        let reason = run.reason.map { " (\"\($0)\")" } ?? ""
        let wish = run.wishLine.map { ["  \($0)"] } ?? []
        return [
            "Run \(run.id) · \(run.name) · \(run.act) · \(run.state.rawValue)",
            "  started by \(run.startedBy)\(reason) at \(run.startedAt ?? run.createdAt)",
            "  took \(took.readable): \(machineTime.readable) of the machine, "
                + "\(humanTime.readable) waiting for people",
        ] + wish + (rehearsal.map { ["  the plan's rehearsal then: \($0.words)"] } ?? [])
    }

    private var familyLines: [String] {
        var lines: [String] = []
        if let parent = run.parent {
            lines.append("  started by run \(parent.place.run), \(parent.place.branch)")
        }
        if let former = run.continuation?.predecessor {
            lines.append("  goes on from run \(former)")
        }
        if let undone = run.sequel?.undone { lines.append("  undoes run \(undone)") }
        if let successor {
            let word = run.kind == .plan ? "is followed by" : "goes on as"
            lines.append("  \(word) run \(successor)")
        }
        return lines
    }

    private var childLines: [String] {
        let lines = children.map { child in
            let reason = child.failure.map { ": \($0.message)" } ?? ""
            return "  run \(child.id) · \(child.name) · \(child.state.rawValue)\(reason)"
        }
        return lines.isEmpty ? [] : ["What it started"] + lines
    }

    private var failureLines: [String] {
        run.failure.map { ["Why it ended", "  \($0)"] } ?? []
    }

    private var taskLines: [String] {
        guard !stages.isEmpty else { return actLines }
        return ["What was done, and what was not"]
            + stages.flatMap { stage in
                ["  \(stage.title)"] + stage.tasks.map { "    " + $0.line }
            }
    }

    private var actLines: [String] {
        let lines = acts.map { act in
            let mark = act.outcome.map { $0.kind == .result ? "✔" : "✘" } ?? "…"
            let doubt = act.outcome == nil ? "  outcome not written" : ""
            return "  \(act.begunAt.timeOfDay)  \(mark) \(act.primitive)\(doubt)"
        }
        return lines.isEmpty ? [] : ["What was done"] + lines
    }

    private var questionLines: [String] {
        let lines = questions.flatMap { question in
            let votes = question.request.quorum > 1 ? question.votes : []
            return ["  \(question.line)"] + votes.map { "    \($0.at.timeOfDay)  \($0.line)" }
        }
        return lines.isEmpty ? [] : ["What people were asked"] + lines
    }

    private var recoveryLines: [String] {
        let lines = recoveries.map { recovery in
            let hashes = recovery.roots.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            let proof = hashes.isEmpty ? "not proven" : hashes.joined(separator: ", ")
            return "  \(recovery.vm): point \(recovery.sequence), \(recovery.kind), "
                + "cut at \(recovery.cutAt); \(proof)"
        }
        return lines.isEmpty ? [] : ["What was recovered"] + lines
    }

    private var standLines: [String] {
        let lines = stand.map { vm in
            "  \(vm["name"]?.text ?? "?") at \(vm["site"]?.text ?? "?"), \(vm["power"]?.text ?? "?"), "
                + (vm["state"]?.text ?? "not protected")
        }
        return lines.isEmpty ? [] : ["What stands"] + lines
    }

    private var latecomerLines: [String] {
        let lines = latecomers.map { "  \($0) came later; the plan would choose it now" }
        return lines.isEmpty ? [] : ["Not in this run"] + lines
    }

    private var lossLines: [String] {
        let lines = losses.sorted { $0.key < $1.key }.map { vm, seconds in
            "  \(vm): \(Self.loss(seconds))"
        }
        return lines.isEmpty ? [] : ["What was lost"] + lines
    }

    private var warningLines: [String] {
        warnings.isEmpty ? [] : ["What preflight warned of"] + warnings.map { "  \($0)" }
    }

    /// Seconds of lost writes, for people.
    static func loss(_ seconds: Double) -> String {
        seconds == 0 ? "nothing" : Duration.seconds(seconds).readable
    }

    private var noteLines: [String] {
        let lines = notes.map { "  \($0.at.timeOfDay)  \($0.level.rawValue): \($0.text)" }
        return lines.isEmpty ? [] : ["Notes"] + lines
    }

    private var eventLines: [String] {
        let lines = events.map { event in
            let facts = event.facts.sorted { $0.key < $1.key }.map { name, fact in
                "\(name) \(fact.text ?? fact.canonicalJSON)"
            }
            return "  \(event.at.timeOfDay)  \(event.topic): \(facts.joined(separator: ", "))"
        }
        return lines.isEmpty ? [] : ["What was recorded"] + lines
    }

    private var sourceLines: [String] {
        ["Made from"] + run.sources.map { "  \($0.digest.short)  \($0.module)" }
    }

    private var decisionLines: [String] {
        let lines = decisions.map { "  \($0.who) at \($0.at): \($0.what)" }
        return lines.isEmpty ? [] : ["Who decided"] + lines
    }
}

extension RunReport.Recovery {
    var sequence: String { point["sequence"]?.canonicalJSON ?? "?" }
    var kind: String { point["kind"]?.text ?? "?" }
    var cutAt: String { point["cut_at"]?.text ?? "?" }
}

extension RunRecord {
    /// What kind of run it is, for people.
    var act: String {
        failover.map { $0 == .failback ? "failback" : "\($0.rawValue) failover" }
            ?? planAct?.title ?? "runbook"
    }

    /// What is wished of a run that has not ended, and by whom; nil when nothing is.
    package var wishLine: String? {
        if state.isFinal { return nil }
        if let stop { return "is being stopped by \(stop.words)" }
        if let suspension {
            return (state == .suspended ? "suspended by " : "is being suspended by ")
                + suspension.words
        }
        return abort.map { "is being aborted by \($0.words)" }
    }
}

extension Question {
    /// How it ended, on one line.
    fileprivate var line: String {
        let answer = answer.map { " \($0.text ?? $0.canonicalJSON)" } ?? ""
        let who = decisive.map { " by \($0.speaker)" } ?? ""
        let comment = comment.map { " (\"\($0)\")" } ?? ""
        return "\(request.title) — \(state.rawValue)\(answer)\(who)\(comment)"
    }
}

extension PlanProgress.Task {
    /// The task on one line: a mark, its title, its time, and the remark when there is one.
    package var line: String {
        let mark =
            switch state {
            case .done: "✔"
            case .skipped: "–"
            case .forgiven: "!"
            case .failed: "✘"
            case .running: "…"
            case .notBegun: "·"
            }
        let time = took.map { "  \($0.readable)" } ?? ""
        // The title stands on the line already.
        let remark =
            remark.map { "  " + $0.replacing("'\(title)' failed: ", with: "") }
            ?? (state == .notBegun ? "  not begun" : "")
        return "\(mark) \(title)\(time)\(remark)"
    }
}

extension Duration {
    /// For people: `1h30m`, `12.3s`, `4ms`.
    package var readable: String {
        let milliseconds = microseconds / 1000
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        if milliseconds < 60_000 { return "\(milliseconds / 1000).\(milliseconds / 100 % 10)s" }
        return Duration.seconds(milliseconds / 1000).text
    }
}
