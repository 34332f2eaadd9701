// How far a plan has come, written beside its journal for those who watch and for the report: the
// itinerary once, then the beginning and the end of each task. The lines are notes under keys of
// their own, so that an execution after a death writes none twice.
//
//     branch `progress`            1: the itinerary     2: the vms as they stand at the end
//                                  3: what was promised  4: the vms that came too late
//                                  5: what was expected of the run before it did anything
//                                  6: what the plan was made of, and how it was rehearsed
//     branch `progress/TASK`       1: begun             2: how it ended
import Model
import Store

package enum PlanProgress {
    static let root = Branch("progress")

    /// A stage of the itinerary as watchers see it.
    package struct Stage: Sendable, Hashable {
        package let id: String
        package let title: String
        package let tasks: [Task]
    }

    package struct Task: Sendable, Hashable {
        package enum State: String, Sendable {
            case notBegun = "not begun"
            case running, done, skipped
            /// Failed, and the run went on.
            case forgiven
            case failed
        }

        package let id: String
        package let title: String
        package var state = State.notBegun
        package var begunAt: Timestamp?
        package var endedAt: Timestamp?
        /// Why it was skipped or failed.
        package var remark: String?

        /// nil while it has not ended, or where it never began.
        package var took: Duration? { begunAt.flatMap { begun in endedAt.map { $0 - begun } } }
    }
}

/// Writes the progress of one run.
struct PlanProgressWriter: Sendable {
    let context: RunContext
    /// Keys that an earlier execution wrote already.
    private let written: Set<String>

    init(context: RunContext) throws {
        self.context = context
        let notes = try context.services.store.planNotes(of: context.run.id)
        written = Set(notes.map { Self.key($0.branch, $0.ordinal) })
    }

    func write(_ itinerary: Itinerary) async throws {
        let stages = itinerary.stages.map { stage -> Value in
            let tasks = stage.tasks.map { ["id": .text($0.id), "title": .text($0.title)] as Value }
            return ["id": .text(stage.id), "title": .text(stage.title), "tasks": .list(tasks)]
        }
        try await note(PlanProgress.root, 1, .list(stages))
    }

    func write(stand: Value) async throws { try await note(PlanProgress.root, 2, stand) }

    func write(_ objective: Objective) async throws {
        if objective.promisesNothing { return }
        try await note(PlanProgress.root, 3, objective.value)
    }

    func write(latecomers: [String]) async throws {
        if latecomers.isEmpty { return }
        try await note(PlanProgress.root, 4, .list(latecomers.map { .text($0) }))
    }

    var hasForecast: Bool { written.contains(Self.key(PlanProgress.root, 5)) }

    func write(_ forecast: PlanForecast) async throws {
        try await note(PlanProgress.root, 5, forecast.value)
    }

    /// Whether it was written down how the plan was rehearsed when the run began.
    var hasRehearsal: Bool { written.contains(Self.key(PlanProgress.root, 6)) }

    func write(_ rehearsal: PlanRehearsal, of fingerprint: PlanFingerprint) async throws {
        let parts = fingerprint.parts.mapValues { Value.text($0) }
        try await note(
            PlanProgress.root, 6, ["rehearsal": rehearsal.view, "made_of": .object(parts)])
    }

    func begun(_ task: String) async throws {
        try await note(PlanProgress.root.child(task), 1, ["state": "running"])
    }

    func ended(_ task: String, _ end: PlanMachine.TaskEnd) async throws {
        try await note(
            PlanProgress.note(of: task, end, in: context.run.id, at: context.services.clock.now))
    }

    private func note(_ branch: Branch, _ ordinal: Int, _ value: Value) async throws {
        try await note(
            RunNote(
                run: context.run.id, branch: branch, ordinal: ordinal, level: .plan,
                text: value.canonicalJSON, at: context.services.clock.now))
    }

    private func note(_ note: RunNote) async throws {
        guard !written.contains(Self.key(note.branch, note.ordinal)) else { return }
        try await context.commit([.noted(note)])
        context.ring(Notice(.progress, run: context.run.id))
    }

    private static func key(_ branch: Branch, _ ordinal: Int) -> String {
        "\(branch.path)\n\(ordinal)"
    }
}

extension PlanProgress {
    /// The line that tells how a task ended.
    static func note(
        of task: String, _ end: PlanMachine.TaskEnd, in run: RunID, at now: Timestamp
    ) -> RunNote {
        let (state, remark): (Task.State, String?) =
            switch end {
            case .done: (.done, nil)
            case .skipped(let reason): (.skipped, reason)
            case .forgiven(let failure): (.forgiven, failure.description)
            case .failed(let failure): (.failed, failure.description)
            }
        let value: Value = [
            "state": .text(state.rawValue), "remark": remark.map { .text($0) } ?? .null,
        ]
        return RunNote(
            run: run, branch: root.child(task), ordinal: 2, level: .plan,
            text: value.canonicalJSON, at: now)
    }

    /// The task that a line is about; nil for one about the run.
    static func task(of note: RunNote) -> String? { task(at: note.branch) }

    private static func task(at branch: Branch) -> String? {
        branch.path.hasPrefix("\(root.path)/")
            ? String(branch.path.dropFirst(root.path.utf8.count + 1)) : nil
    }

    /// The stages of a run as its notes tell them; empty before the first, or for a runbook.
    package static func stages(from notes: [RunNote]) -> [Stage] {
        var tasks: [String: Task] = [:]
        var stages: [Value] = []
        for note in notes where note.branch == root && note.ordinal == 1 {
            stages = (try? Value(json: note.text))?.list ?? []
        }
        for note in notes {
            guard let id = task(of: note) else { continue }
            tasks[id] = (tasks[id] ?? Task(id: id, title: "")).after(note)
        }
        return stages.map { stage in
            Stage(
                id: stage["id"]?.text ?? "", title: stage["title"]?.text ?? "",
                tasks: (stage["tasks"]?.list ?? []).map { card in
                    let id = card["id"]?.text ?? ""
                    return Task(id: id, title: card["title"]?.text ?? "", told: tasks[id])
                })
        }
    }

    /// The vms as they stood when the run ended; nil before.
    package static func stand(from notes: [RunNote]) -> [Value]? {
        notes.first { $0.branch == root && $0.ordinal == 2 }
            .flatMap { try? Value(json: $0.text) }?.list
    }

    /// The vms that the plan would choose by the end of its run and did not at its beginning.
    package static func latecomers(from notes: [RunNote]) -> [String] {
        let told = notes.first { $0.branch == root && $0.ordinal == 4 }
            .flatMap { try? Value(json: $0.text) }
        return told?.list?.compactMap(\.text) ?? []
    }

    /// What was expected of the run; nil where nobody foretold it.
    package static func forecast(from notes: [RunNote]) -> PlanForecast? {
        notes.first { $0.branch == root && $0.ordinal == 5 }
            .flatMap { try? Value(json: $0.text) }.flatMap { PlanForecast($0) }
    }

    /// The tasks that were done, with the time each took, from the pairs of a run's notes.
    static func done(in spans: [PlanSpan]) -> [Task] {
        let told = spans.first { $0.branch == root }.flatMap { try? Value(json: $0.first) }
        let cards = (told?.list ?? []).flatMap { $0["tasks"]?.list ?? [] }
        let titles = Dictionary(
            cards.map { ($0["id"]?.text ?? "", $0["title"]?.text ?? "") }
        ) { first, _ in first }
        return spans.compactMap { span in
            guard let id = task(at: span.branch), let title = titles[id],
                (try? Value(json: span.last))?["state"]?.text == Task.State.done.rawValue
            else { return nil }
            return Task(
                id: id, title: title, state: .done, begunAt: span.from, endedAt: span.until)
        }
    }

    /// What the plan promises; nothing for a run whose plan does not, or for a runbook.
    package static func objective(from notes: [RunNote]) -> Objective {
        let told = notes.first { $0.branch == root && $0.ordinal == 3 }
        return Objective(told.flatMap { try? Value(json: $0.text) } ?? [:])
    }
}

extension PlanProgress {
    private static func made(_ notes: [RunNote]) -> Value? {
        notes.first { $0.branch == root && $0.ordinal == 6 }
            .flatMap { try? Value(json: $0.text) }
    }

    /// What the plan was made of when its run began.
    static func fingerprint(from notes: [RunNote]) -> PlanFingerprint {
        PlanFingerprint((made(notes)?["made_of"]?.object ?? [:]).compactMapValues(\.text))
    }

    /// How the plan was rehearsed when its run began; nil for a runbook's.
    package static func rehearsal(from notes: [RunNote]) -> PlanRehearsal? {
        PlanRehearsal(made(notes)?["rehearsal"])
    }
}

extension PlanProgress.Task {
    fileprivate init(id: String, title: String, told: Self?) {
        self.init(
            id: id, title: title, state: told?.state ?? .notBegun, begunAt: told?.begunAt,
            endedAt: told?.endedAt, remark: told?.remark)
    }

    fileprivate func after(_ note: RunNote) -> Self {
        var task = self
        let told = try? Value(json: note.text)
        task.state = told?["state"]?.text.flatMap(State.init) ?? state
        task.remark = told?["remark"]?.text
        if note.ordinal == 1 {
            task.begunAt = note.at
            task.state = endedAt == nil ? .running : state
        } else {
            task.endedAt = note.at
        }
        return task
    }
}
