// What was promised, held against what was measured.
import Model

extension RunReport {
    /// A promise and what the run came to.
    package struct Measured: Sendable, Equatable {
        package let promised: Duration
        /// nil when the run did not get far enough to tell.
        package let measured: Duration?
    }

    /// The most that a vm lost, as preflight found it.
    package var rpo: Measured? {
        objective.rpo.map { promised in
            Measured(promised: promised, measured: losses.values.max().map { .seconds($0) })
        }
    }

    /// From the first vm shut down, or where nothing is shut down from the start of the run, until
    /// the last group was up. Only a run that came to its end can say.
    package var rto: Measured? {
        objective.rto.map { promised in
            Measured(promised: promised, measured: run.state == .completed ? timeAway : nil)
        }
    }

    /// Measured as promised: also where nothing was.
    var timeAway: Duration? {
        let tasks = stages.flatMap(\.tasks)
        let shutDown = tasks.filter { $0.id.hasPrefix("shutdown/") && $0.state == .done }
        let up = tasks.filter { $0.id.hasPrefix("groups/") }.compactMap(\.endedAt).max()
        let begun = shutDown.compactMap(\.begunAt).min() ?? run.startedAt
        return up.flatMap { up in begun.map { up - $0 } }
    }

    var objectiveLines: [String] {
        let lines = [("lost", rpo), ("away", rto)].compactMap { word, promise in
            promise.map { "  \(word): \($0.line)" }
        }
        return lines.isEmpty ? [] : ["What was promised"] + lines
    }

    var objectiveView: Value {
        var fields: [String: Value] = [:]
        if let rpo { fields["rpo"] = rpo.value }
        if let rto { fields["rto"] = rto.value }
        return .object(fields)
    }
}

extension RunReport.Measured {
    var line: String {
        guard let measured else { return "not known, of \(promised.readable) allowed" }
        let verdict = measured <= promised ? "kept" : "missed"
        return "\(measured.readable), of \(promised.readable) allowed: \(verdict)"
    }

    fileprivate var value: Value {
        var fields: [String: Value] = ["promised_seconds": .float(promised.seconds)]
        if let measured {
            fields["measured_seconds"] = .float(measured.seconds)
            fields["kept"] = .boolean(measured <= promised)
        }
        return .object(fields)
    }
}
