// The steps of a plan in plain words, who is asked, and what is done when something fails.
import Model

extension PlanDocument {
    /// A stage or a task, and the kinds in which it happens.
    private struct Row<Item> {
        let item: Item
        var kinds: Set<FailoverKind>
    }

    var steps: [Document.Block] {
        [
            .part("What happens, step by step"),
            .paragraph(
                "Each part begins when the one before it is done. A step that fails stops the run, "
                    + "unless something else is said; what comes after it does not happen."),
        ]
            + stages.flatMap { stage -> [Document.Block] in
                let tasks = tasks(of: stage.item)
                return [
                    .section(stage.item.title + only(stage.kinds)),
                    .list(
                        tasks.map { sentence(of: $0.item, $0.kinds, in: stage.kinds) },
                        isNumbered: tasks.count > 1),
                ]
            }
    }

    var questions: [Document.Block] {
        let rows = stages.flatMap { tasks(of: $0.item) }.compactMap { task -> [String]? in
            guard let asked = task.item.work.asked else { return nil }
            let look = asked.options["instructions"]?.text.map { " \($0)" } ?? ""
            return [
                asked.title + look, asked.who, asked.answers,
                asked.silence + " A refusal aborts it.", words(task.kinds),
            ]
        }
        let heads = ["question", "who answers", "with", "when nobody does", "in which runs"]
        return [
            .part("Who is asked what"),
            rows.isEmpty
                ? .paragraph("Nobody is asked anything while it runs.") : .table(heads, rows),
        ]
    }

    var troubles: [Document.Block] {
        let undone = stages.flatMap { tasks(of: $0.item) }.filter { $0.item.undo != nil }
            .map { "“\($0.item.title)” can be undone." }
        return [
            .part("When something fails"),
            .list([
                "The run stops, and says what was done, what was not, and what stands now: "
                    + "muster report RUN.",
                "Mend what was wrong and go on from there: muster resume RUN.",
                "Leave the failed step out, or forgive it, with a reason: muster resume RUN "
                    + "--failed skip --reason WHY.",
                "The primary is lost in the middle: muster resume RUN --kind unplanned.",
                "Go back instead: muster undo RUN undoes the steps, the last one first, and starts "
                    + "again what was only shut down. What was failed over stays; the failback "
                    + "brings it home.",
                "The program or its machine dies: muster resume RUN goes on after the last thing "
                    + "that was written down.",
            ]),
        ] + (undone.isEmpty ? [] : [.list(undone)])
    }

    var practice: [Document.Block] {
        [
            .part("How it is practised"),
            .paragraph(
                "A drill touches nothing that serves, and cleans up behind itself. Its report "
                    + "holds what was promised and what was predicted against what was measured."),
            .commands(["muster run \(name) --kind test", "muster report RUN --html drill.html"]),
        ]
    }

    // MARK: Of all kinds

    private var stages: [Row<Itinerary.Stage>] {
        merged(itineraries.map { ($0.kind, $0.itinerary.stages) }, by: \.id)
    }

    private func tasks(of stage: Itinerary.Stage) -> [Row<Itinerary.Task>] {
        merged(
            itineraries.map { kind, itinerary in
                (kind, itinerary.stages.first { $0.id == stage.id }?.tasks ?? [])
            }, by: \.id)
    }

    /// The items of all kinds in an order in which each kind has its own.
    private func merged<Item>(
        _ lists: [(FailoverKind, [Item])], by id: (Item) -> String
    ) -> [Row<Item>] {
        var rows: [Row<Item>] = []
        for (kind, items) in lists {
            var next = 0
            for item in items {
                if let place = rows.firstIndex(where: { id($0.item) == id(item) }) {
                    rows[place].kinds.insert(kind)
                    next = place + 1
                } else {
                    rows.insert(Row(item: item, kinds: [kind]), at: next)
                    next += 1
                }
            }
        }
        return rows
    }

    // MARK: Words

    private func words(_ kinds: Set<FailoverKind>) -> String {
        kinds.count == itineraries.count
            ? "all"
            : itineraries.map(\.kind).filter(kinds.contains).map(\.rawValue)
                .joined(separator: ", ")
    }

    private func only(_ kinds: Set<FailoverKind>) -> String {
        kinds.count == itineraries.count ? "" : " (only \(words(kinds)))"
    }

    private func sentence(
        of task: Itinerary.Task, _ kinds: Set<FailoverKind>, in all: Set<FailoverKind>
    ) -> String {
        let what =
            switch task.work {
            case .check: "The engine looks at every machine and tells everything that is wrong."
            case .machine(let act, let vm): words(for: act, vm)
            case .plan(let name): "The plan \(name) is run, as a run of its own."
            case .manual(let manual): "\(manual.who) is asked: \(manual.title)"
            case .script(_, nil): "\(task.title)\(line(of: task)): done by a script."
            case .script(_, let manual?):
                "\(task.title)\(line(of: task)): done by a script; then \(manual.who) is asked: "
                    + manual.title
            }
        return ([what] + policy(of: task) + (kinds == all ? [] : ["Only \(words(kinds))."]))
            .joined(separator: " ")
    }

    private func line(of task: Itinerary.Task) -> String {
        task.position.map { " (\($0))" } ?? ""
    }

    private func words(for act: Itinerary.MachineAct, _ vm: String) -> String {
        switch act {
        case .shutDown: "\(vm) is shut down, and its last changes are sent."
        case .failOver, .testFailOver:
            "\(vm) is failed over: its replica takes over, its disks are proven"
                + (plan.starts ? ", and it is started." : ".")
        case .cleanUp: "The double of \(vm) is taken away, however the drill ended."
        case .complete: "The failover of \(vm) is completed: no other point can be chosen."
        case .changePoint: "\(vm) is brought to another point."
        case .startAgain: "\(vm) is started again."
        case .turnRound: "\(vm) is replicated homewards from then on, while it serves."
        case .extendAgain: "\(vm) is replicated on to the end of its chain again."
        }
    }

    private func policy(of task: Itinerary.Task) -> [String] {
        var words: [String] = []
        if case .script = task.work {
            words.append("It may take \(task.policy.timeLimit.text).")
            if task.policy.retries > 0 {
                words.append(
                    "It is tried again up to \(task.policy.retries) times, every "
                        + "\(task.policy.retryAfter.text).")
            }
            if task.side == .primary { words.append("It works on the site that is left.") }
        }
        switch task.policy.onError {
        case .abort: break
        case .continue: words.append("If it fails the run goes on.")
        case .ask: words.append("If it fails a person decides what now.")
        }
        return words
    }
}
