// Reads a plan from its card: first the shape by PlanCard, then what a shape cannot say.
import LuaRuntime
import Model

extension RecoveryPlan {
    /// Raises `plan.card_invalid` with file and line, the offending field and the nearest spelling.
    package init(card: Value, file: String) throws(Failure) {
        let subject = CheckSubject(
            "plan", code: .cardInvalid, at: SourcePosition(file: file, line: 1))
        guard card["$kind"]?.text == "plan" else {
            throw subject.failure("card is missing: the file must return plan { … }")
        }
        try ValueType.record(PlanCard.plan).check(card, subject)
        self = try RecoveryPlan(checked: card, subject: subject.within(card.object ?? [:]))
        try RecoveryPlanRules(plan: self, subject: subject.within(card.object ?? [:])).check()
    }

    private init(checked card: Value, subject: CheckSubject) throws(Failure) {
        summary = card["summary"]?.text ?? ""
        source = card["source"]?.text ?? ""
        target = card["target"]?.text ?? ""
        objective = Objective(card["objective"] ?? [:])
        contacts = (card["contacts"]?.list ?? []).map { Contact(card: $0) }
        let root: CardPath = []
        preflight = try readSteps(card, "preflight", root)
        before = try readSteps(card, "before", root)
        after = try readSteps(card, "after", root)
        groups = try (card["groups"]?.list ?? []).enumerated().map { item throws(Failure) in
            try Group(card: item.element, at: root + ["groups"] + [.index(item.offset + 1)])
        }
        shutdown = try Shutdown(card: card["shutdown"], at: root + ["shutdown"], groups: groups)
        dependencies = (card["dependencies"]?.object ?? [:]).filter { !$0.key.hasPrefix("$") }
            .mapValues { ($0.list ?? []).compactMap(\.machineName) }
        profile = card["profile"] ?? [:]
        assets = (card["assets"]?.list ?? []).compactMap(\.text)
        reverses = card["reverse"]?.boolean ?? true
        starts = card["start"]?.boolean ?? true
    }
}

extension RecoveryPlan.Contact {
    fileprivate init(card: Value) {
        name = card["name"]?.text ?? ""
        role = card["role"]?.text
        phone = card["phone"]?.text
        mail = card["mail"]?.text
        position = card.notedPosition
    }
}

extension RecoveryPlan.Group {
    fileprivate init(card: Value, at path: CardPath) throws(Failure) {
        name = card["name"]?.text ?? ""
        position = card.notedPosition
        before = try readSteps(card, "before", path)
        after = try readSteps(card, "after", path)
        namesVMs = card["vms"] != nil
        plans = (card["plans"]?.list ?? []).compactMap(\.text)
        members = try (card["vms"]?.list ?? []).enumerated().map { item throws(Failure) in
            let path = path + ["vms"] + [.index(item.offset + 1)]
            guard item.element["$kind"]?.text == "machine" else {
                return RecoveryPlan.Member(
                    vm: item.element.machineName ?? "", before: [], after: [], overrides: nil,
                    position: nil)
            }
            return RecoveryPlan.Member(
                vm: item.element["name"]?.machineName ?? "",
                before: try readSteps(item.element, "before", path),
                after: try readSteps(item.element, "after", path),
                overrides: item.element["overrides"].map { MachineOverrides($0) },
                position: item.element.notedPosition)
        }
    }
}

extension RecoveryPlan.Shutdown {
    /// Without a declared order, what starts last is shut down first.
    fileprivate init(
        card: Value?, at path: CardPath, groups: [RecoveryPlan.Group]
    ) throws(Failure) {
        order = card?["order"]?.list?.compactMap(\.text) ?? groups.reversed().map(\.name)
        before = try readSteps(card ?? [:], "before", path)
        after = try readSteps(card ?? [:], "after", path)
    }
}

private func readSteps(
    _ card: Value, _ field: String, _ path: CardPath
) throws(Failure) -> [RecoveryPlan.Step] {
    try (card[field]?.list ?? []).enumerated().map { item throws(Failure) in
        try RecoveryPlan.Step(
            card: item.element, at: path + [.field(field)] + [.index(item.offset + 1)])
    }
}

extension RecoveryPlan.Step {
    fileprivate init(card: Value, at path: CardPath) throws(Failure) {
        self.card = card
        name = card["name"]?.text ?? ""
        side = card["side"]?.text.flatMap(StepSide.init) ?? .recovery
        position = card.notedPosition
        undo = card["undo"].map { _ in path + ["undo"] }
        if card["$kind"]?.text == "manual" {
            work = .manual(try ManualTask(card: card))
        } else if card["run"] != nil {
            let task = try card["task"].map { task throws(Failure) in try ManualTask(card: task) }
            work = .script(path + ["run"], then: task)
        } else if let task = card["task"] {
            work = .manual(try ManualTask(card: task))
        } else {
            throw Failure(
                .cardInvalid,
                "the step \"\(name)\" does nothing: give it run = function(context) … end",
                at: position)
        }
    }
}

extension Value {
    /// The machine's name, whether it stands by name or as the table `fabric.vm` gave.
    var machineName: String? { text ?? self["name"]?.text }

    /// The line the constructor noted.
    var notedPosition: SourcePosition? {
        self["$where"]?.text.flatMap(SourcePosition.init(parsing:))
    }
}
