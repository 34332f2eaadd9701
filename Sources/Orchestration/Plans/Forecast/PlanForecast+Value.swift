// A forecast as a value: kept with the run it is of, and shown by every face.
import Model

extension PlanForecast {
    package var value: Value {
        [
            "tasks": .list(tasks.map(\.value)), "away": away.value, "whole": whole.value,
            "losses": .object(losses.mapValues(\.value)),
        ]
    }

    /// Reads ``value``; nil for anything else.
    init?(_ value: Value) {
        guard let away = value["away"].flatMap({ TimeBand($0) }),
            let whole = value["whole"].flatMap({ TimeBand($0) })
        else { return nil }
        self.init(
            tasks: (value["tasks"]?.list ?? []).compactMap { Task($0) }, away: away, whole: whole,
            losses: (value["losses"]?.object ?? [:]).compactMapValues { Loss($0) })
    }
}

extension PlanForecast.Task {
    fileprivate var value: Value {
        var fields = time.value.object ?? [:]
        fields["id"] = .text(id)
        fields["source"] = .text(source.word)
        if let runs = source.count { fields["runs"] = .integer(Int64(runs)) }
        return .object(fields)
    }

    fileprivate init?(_ value: Value) {
        guard let time = TimeBand(value), let id = value["id"]?.text,
            let source = PlanForecast.Source(
                value["source"]?.text, Int(value["runs"]?.integer ?? 0))
        else { return nil }
        self.init(id: id, time: time, source: source)
    }
}

extension PlanForecast.Loss {
    package var value: Value {
        var fields = time.value.object ?? [:]
        fields["pending_bytes"] = pending.map { .integer($0.bytes) } ?? .null
        return .object(fields)
    }

    fileprivate init?(_ value: Value) {
        guard let time = TimeBand(value) else { return nil }
        self.init(time: time, pending: value["pending_bytes"]?.integer.map { ByteCount($0) })
    }
}

extension PlanForecast.Source {
    package var word: String {
        switch self {
        case .runs: "runs"
        case .otherRuns: "other runs"
        case .sizes: "sizes"
        case .person: "person"
        case .limit: "limit"
        case .skipped: "skipped"
        }
    }

    fileprivate var count: Int? {
        switch self {
        case .runs(let count), .otherRuns(let count): count
        default: nil
        }
    }

    fileprivate init?(_ word: String?, _ count: Int) {
        let all: [Self] = [
            .runs(count), .otherRuns(count), .sizes, .person, .limit, .skipped,
        ]
        guard let found = all.first(where: { $0.word == word }) else { return nil }
        self = found
    }

    /// Where the time comes from, for people.
    package var words: String {
        switch self {
        case .runs(let count): "from \(count) run\(count == 1 ? "" : "s")"
        case .otherRuns(let count): "from \(count) run\(count == 1 ? "" : "s") of another kind"
        case .sizes: "from sizes and rates"
        case .person: "a person, not asked before"
        case .limit: "never run; up to its time limit"
        case .skipped: "nothing to do"
        }
    }
}
