// What a run of a plan is told at its beginning: the plan as its card says, the itinerary, and the
// vms as they stood (P-6). All of it comes from the journal after the first time.
import Model
import Store

struct PlanBriefing: Sendable {
    let plan: RecoveryPlan
    private(set) var itinerary: Itinerary
    let kind: FailoverKind
    /// What is done with what was failed over; nil for a run that fails over.
    let act: PlanAct?
    let direction: Direction
    /// The vms as they were at the start, in the order of the groups.
    let members: [Value]
    /// What runs before this one have done of it; nil for a run that follows none.
    let past: PlanPast?
    /// A plan of thousands looks its vms up thousands of times.
    private let membersByName: [String: Value]
    private let overridesByName: [String: MachineOverrides]

    init(
        plan: RecoveryPlan, itinerary: Itinerary, kind: FailoverKind, act: PlanAct?,
        direction: Direction, members: [Value], past: PlanPast?
    ) {
        self.plan = plan
        self.itinerary = itinerary
        self.kind = kind
        self.act = act
        self.direction = direction
        self.members = members
        self.past = past
        membersByName = Dictionary(
            members.map { ($0["name"]?.text ?? "", $0) }
        ) { first, _ in first }
        overridesByName = Dictionary(
            uniqueKeysWithValues: plan.members.compactMap { member in
                member.overrides.map { (member.vm, $0) }
            })
    }

    /// The site that is left, and the one that takes over, in this direction.
    var origin: String { direction == .forward ? plan.source : plan.target }
    var destination: String { direction == .forward ? plan.target : plan.source }

    /// A failure is the plan's: a card that does not load, a vm that does not exist.
    static func make(_ context: RunContext) async throws -> Result<PlanBriefing, Failure> {
        let card: Value
        switch try await ScriptExecution(context: context).card() {
        case .finished(let value): card = value
        case .failed(let failure): return .failure(failure)
        case .parked: throw notInJournal(context)
        }
        let past = try PlanPast(of: context.run, context.services.store)
        let plan: RecoveryPlan
        let itinerary: Itinerary
        do throws(Failure) {
            plan = try RecoveryPlan(card: card, file: context.run.file)
            itinerary = try Itinerary(
                plan: plan, act: context.run.planAct, kind: context.run.failover,
                direction: context.run.direction)
        } catch {
            return .failure(error)
        }
        return try await freeze(plan, itinerary, past, context)
    }

    private static func freeze(
        _ plan: RecoveryPlan, _ itinerary: Itinerary, _ past: PlanPast?, _ context: RunContext
    ) async throws -> Result<PlanBriefing, Failure> {
        var journal = try BranchJournal(context: context, branch: .main, canHalt: false)
        let names = Value.list(plan.vms.map { .text($0) })
        switch try await journal.call("plan.freeze", names) {
        case .value(let json):
            var briefing = PlanBriefing(
                plan: plan, itinerary: itinerary, kind: context.run.failover ?? .planned,
                act: context.run.planAct, direction: context.run.direction,
                members: try Value(json: json).list ?? [], past: past)
            briefing.complete()
            return .success(briefing)
        case .failure(let failure): return .failure(failure)
        case .parked: throw notInJournal(context)
        }
    }

    /// Nothing that waits may be called here, so only a rehearsal stops before its end: where the
    /// journal ends.
    private static func notInJournal(_ context: RunContext) -> Failure {
        Failure(
            .patchRefused,
            "the new card of run \(context.run.id) looks at more than the run has looked at")
    }

    /// What of the itinerary depends on the vms and on earlier runs.
    mutating func complete() {
        if act == nil, direction == .back, kind == .planned || kind == .failback {
            let away = plan.vms.filter { !isThere($0) }
            itinerary = itinerary.homewards(
                turning: away.filter { WayHome(vm: $0).turn(from: member($0)) != nil },
                chained: plan.reverses ? away.filter { chain(of: $0) != nil } : [])
        }
        if let past, past.sequel.undone != nil { itinerary = itinerary.undoing(past.undone) }
    }

    /// Whether the vm was at the destination already when the run began.
    func isThere(_ vm: String) -> Bool { member(vm)?["site"]?.text == destination }

    /// The chain that the vm was in when the run began; nil when it was in none.
    func chain(of vm: String) -> ChainMember? { ChainMember(vm, member(vm)) }

    func site(of side: StepSide) -> String {
        switch side {
        case .primary: origin
        case .recovery: destination
        }
    }

    func member(_ vm: String) -> Value? { membersByName[vm] }

    /// What the plan says that the vm has otherwise.
    func overrides(of vm: String) -> MachineOverrides? { overridesByName[vm] }

    /// What a step is given: the Azure-Site-Recovery-shaped context, the vms as they were at the
    /// start.
    func stepContext(of task: Itinerary.Task, _ run: RunRecord) -> Value {
        var fields: [String: Value] = [
            "$kind": "context", "plan": .text(run.name), "run": .integer(run.id.number),
            "kind": .text(kind.rawValue), "direction": .text(direction.rawValue),
            "source": .text(origin), "target": .text(destination), "step": .text(task.stepName),
            "side": .text(task.side.rawValue), "site": .text(site(of: task.side)),
            "vms": .list(members), "started_by": .text(run.startedBy),
        ]
        if let group = task.group { fields["group"] = .text(group) }
        if let outcome = task.outcome { fields["outcome"] = .text(outcome.rawValue) }
        if let reason = run.reason { fields["reason"] = .text(reason) }
        return .object(fields)
    }
}
