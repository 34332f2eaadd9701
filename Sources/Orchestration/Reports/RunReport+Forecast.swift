// What was expected of a run before it did anything, held against what was measured.
import Model

extension RunReport {
    /// An expectation and what became of it.
    package struct Scored: Sendable, Equatable {
        package let what: String
        package let expected: TimeBand
        /// nil when the run did not get far enough to tell.
        package let measured: Duration?

        /// nil when nothing was measured.
        package var isWithin: Bool? { measured.map(expected.contains) }
    }

    /// The service's absence and the whole run.
    package var scoredTimes: [Scored] {
        guard let forecast else { return [] }
        let isWhole = run.state == .completed
        return [
            Scored(
                what: "away", expected: forecast.away, measured: isWhole ? timeAway : nil),
            Scored(what: "in all", expected: forecast.whole, measured: isWhole ? took : nil),
        ]
    }

    /// The tasks in the order of the itinerary; what was skipped or failed measures nothing.
    package var scoredTasks: [Scored] {
        let expected = Dictionary(
            (forecast?.tasks ?? []).map { ($0.id, $0.time) }
        ) { first, _ in first }
        return stages.flatMap(\.tasks).compactMap { task in
            expected[task.id].map {
                Scored(
                    what: task.title, expected: $0,
                    measured: task.state == .done ? task.took : nil)
            }
        }
    }

    package var scoredLosses: [Scored] {
        (forecast?.losses ?? [:]).sorted { $0.key < $1.key }.map { vm, loss in
            Scored(
                what: vm, expected: loss.time,
                measured: losses[vm].map { .seconds($0) })
        }
    }

    /// How many of those that can be told came as expected: `48 of 52`; nil when none can.
    var hits: String? {
        let told = scoredTasks.compactMap(\.isWithin)
        return told.isEmpty ? nil : "\(told.count { $0 }) of \(told.count)"
    }

    var forecastLines: [String] {
        guard forecast != nil else { return [] }
        let tasks = hits.map { ["  \($0) tasks took as long as was expected"] } ?? []
        let missed = scoredTasks.filter { $0.isWithin == false }.map { "    \($0.line)" }
        let lost = scoredLosses.filter { $0.isWithin == false }.map { "  lost, \($0.line)" }
        return ["What was predicted"] + scoredTimes.map { "  \($0.line)" } + tasks + missed + lost
    }

    var forecastView: Value {
        guard forecast != nil else { return .null }
        return [
            "times": .list(scoredTimes.map(\.view)), "tasks": .list(scoredTasks.map(\.view)),
            "losses": .list(scoredLosses.map(\.view)),
        ]
    }
}

extension RunReport.Scored {
    var verdict: String {
        guard let measured else { return "not measured" }
        if expected.contains(measured) { return "as expected" }
        return measured < expected.low ? "shorter" : "longer"
    }

    fileprivate var line: String {
        let told = measured.map { ", was \($0.readable)" } ?? ""
        return "\(what): \(expected.words)\(told): \(verdict)"
    }

    fileprivate var view: Value {
        var fields: [String: Value] = ["what": .text(what), "expected": expected.value]
        if let measured { fields["measured_seconds"] = .float(measured.seconds) }
        fields["verdict"] = .text(verdict)
        return .object(fields)
    }
}
