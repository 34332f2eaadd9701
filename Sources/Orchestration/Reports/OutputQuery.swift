// Which lines of a run's streams somebody wants, and the lines as every face shows them.
import Model
import Store

package struct OutputQuery: Sendable, Hashable {
    package var streams: Set<RunNote.Level>
    /// The numbers of the lines; a run's are counted from 1.
    package var range: ClosedRange<Int64>
    package var limit: Int
    /// Whether the last of them are wanted, not the first.
    package var isFromEnd: Bool

    /// `streams` is as people type it: `warning,error`; nil is all. With neither `last` nor a range
    /// it is the first `limit` lines.
    ///
    /// Raises `usage.invalid`, with the nearest stream.
    package init(
        streams: String? = nil, from: Int64? = nil, to: Int64? = nil, last: Int? = nil, limit: Int
    ) throws(Failure) {
        self.streams = try Self.levels(streams)
        let (first, end) = (from ?? 1, to ?? .max)
        guard first >= 1, end >= first else {
            throw Failure(.usage, "lines are counted from 1, and from \(first) to \(end) is none")
        }
        if let last, last < 1 || last > limit {
            throw Failure(.usage, "the last 1 to \(limit) lines can be had, not \(last)")
        }
        range = first...end
        self.limit = last ?? limit
        isFromEnd = last != nil
    }

    private static func levels(_ typed: String?) throws(Failure) -> Set<RunNote.Level> {
        guard let typed else { return Set(RunNote.Level.streams) }
        var levels: Set<RunNote.Level> = []
        for word in typed.split(separator: ",", omittingEmptySubsequences: false) {
            guard let level = RunNote.Level.streams.first(where: { $0.rawValue == word }) else {
                let names = RunNote.Level.streams.map(\.rawValue)
                let hint = Spelling.hint(for: String(word), among: names)
                throw Failure(
                    .usage,
                    "there is no stream '\(word)'\(hint); there is \(names.joined(separator: ", "))"
                )
            }
            levels.insert(level)
        }
        return levels
    }
}

extension Orchestrator {
    /// Lines of a run's streams, oldest first. Raises what ``run(_:for:)`` raises.
    package func output(
        of run: RunID, _ query: OutputQuery, for person: Person
    ) throws -> [NumberedNote] {
        _ = try self.run(run, for: person)
        return try services.store.lines(
            of: run, in: query.streams, query.range, limit: query.limit,
            fromEnd: query.isFromEnd)
    }
}

extension Orchestrator {
    /// The lines, and where to read on: `next` is the first after them, `previous` the last before
    /// them, null when there is none.
    package func outputView(
        of run: RunID, _ query: OutputQuery, for person: Person
    ) throws -> Value {
        let lines = try output(of: run, query, for: person)
        let first = lines.first?.number ?? 1
        let last = lines.last?.number ?? query.range.lowerBound - 1
        return [
            "lines": .list(lines.map(\.view)), "next": .integer(last + 1),
            "previous": first > 1 ? .integer(first - 1) : .null,
        ]
    }
}

extension NumberedNote {
    /// The line with its number among those of its run.
    package var view: Value {
        var fields = note.view.object ?? [:]
        fields["number"] = .integer(number)
        return .object(fields)
    }
}
