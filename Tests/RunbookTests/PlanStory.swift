// A few nights with one plan, all from one seed: what is asked of it, what breaks at which call,
// who dies at which commit, which site is lost, what people answer or leave unanswered, and how
// they go on from what did not come to its end.
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport

/// What must never be; the message tells it.
struct PlanViolation: Error, CustomStringConvertible {
    let description: String
}

final class PlanStory {
    static let vms = ["sql01", "wap01", "wap02"]

    let seed: UInt64
    let world: World
    /// What was asked and how it ended, for who reads of a violation.
    private(set) var lines: [String] = []
    private var random: SeededGenerator
    /// The last run that did not come to its end, if somebody may go on from it.
    private var unfinished: RunID?

    init(copying origin: World, seed: UInt64) throws {
        world = try World(copying: origin)
        random = SeededGenerator(seed: seed)
        self.seed = seed
    }

    /// A lab whose networks are mapped, its pool just large enough, and the plan in its library.
    static func origin() async throws -> World {
        let world = try await World()
        try await world.map("10.2.0.10-10.2.0.15")
        world.write("night", text)
        return world
    }

    /// Steps on every level; one of them can fail and be left out, and one is a question.
    private static let text = """
        local group, step, manual = plan.group, plan.step, plan.manual
        local function told(name)
          return step {
            name,
            run = function(context) job.note("%s", context.step) end,
            undo = function(context) job.note("undo %s", context.step) end,
          }
        end
        return plan {
          summary = "A night", source = "oslo", target = "bergen",
          objective = { rpo = "5m", rto = "1h" },
          before = { told "told before" },
          shutdown = {
            after = { manual { "is all of it down?", deadline = "10m" } },
          },
          groups = {
            group {
              "data", vms = { "sql01" },
              after = {
                step {
                  "the data is reachable", kinds = { "planned", "unplanned", "failback" },
                  retries = 1, on_error = "ask",
                  run = function(context)
                    if not fabric.reachable "sql01" then error "no address" end
                  end,
                },
              },
            },
            group { "front", vms = { "wap01", "wap02" }, before = { told "told in between" } },
          },
          dependencies = { wap02 = { "wap01" } },
          after = { told "told after" },
        }
        """

    // MARK: The nights

    /// Tells the story to its end; raises ``PlanViolation``.
    func unfold() async throws {
        for night in 1...Int.random(in: 1...4, using: &random) {
            try await self.night(night)
        }
        try await goHome()
    }

    private func night(_ number: Int) async throws {
        let trouble = Trouble(using: &random)
        lines.append("night \(number): \(trouble)")
        let watch = PlanWatch(world, dying: trouble.death, losing: trouble.lostAt)
        let engine = try world.engine(observing: watch, faults: trouble.faults)
        do {
            if let run = try await begin(on: engine) {
                _ = try await lead(run, on: engine, agreeing: false)
            }
        } catch is SimulatedDeath {
            lines.append("the engine dies")
        }
        try watch.check()
        // Another engine goes on with whatever is not at its end, without faults.
        let standby = PlanWatch(world)
        let heir = try world.engine(observing: standby)
        for run in try heir.services.store.runs(limit: 100) where !run.state.isFinal {
            _ = try await lead(run.id, on: heir, agreeing: Bool.random(using: &random))
        }
        try standby.check()
        if try await !world.fabric.unreachableSites().isEmpty, Bool.random(using: &random) {
            try await world.fabric.heal("oslo")
            lines.append("oslo answers again")
        }
    }

    /// Starts a run, or goes on from the last one; nil when that is refused.
    private func begin(on engine: Orchestrator) async throws -> RunID? {
        do {
            return try await ask(engine)
        } catch let failure as Failure {
            lines.append("refused: \(failure.message)")
            return nil
        }
    }

    private func ask(_ engine: Orchestrator) async throws -> RunID {
        if let unfinished, Int.random(in: 0..<3, using: &random) > 0 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                lines.append("undo \(unfinished)")
                return try await engine.undo(unfinished, by: World.eva, reason: "a drill")
            case 1:
                lines.append("skip from \(unfinished)")
                return try await engine.goOn(
                    from: unfinished, .skip, by: World.eva, reason: "a drill")
            case 2:
                lines.append("unplanned from \(unfinished)")
                return try await engine.goOn(
                    from: unfinished, .retry, as: .unplanned, by: World.eva, reason: "a drill")
            default:
                lines.append("retry from \(unfinished)")
                return try await engine.goOn(
                    from: unfinished, .retry, by: World.eva, reason: nil)
            }
        }
        let kind = FailoverKind.allCases.randomElement(using: &random)!
        lines.append("run \(kind.rawValue)")
        return try await engine.start(
            world.request("night", kind: kind, reason: "a drill"))
    }

    /// Leads a run to its end; people answer, refuse, or let the deadline pass.
    @discardableResult
    private func lead(
        _ run: RunID, on engine: Orchestrator, agreeing: Bool
    ) async throws -> RunRecord {
        let store = engine.services.store
        for _ in 0..<200 {
            let record = try await engine.settle(run, under: nil)
            if try store.isOver(.family(run)) { return try judge(record, on: engine) }
            let open = try store.openQuestions()
            let wakeAt = try store.nextWake(of: .family(run), after: world.clock.now)
            let word = agreeing ? 0 : Int.random(in: 0..<6, using: &random)
            if word == 1, let wakeAt {
                lines.append("nobody answers")
                world.clock.advance(to: wakeAt)
            } else if let question = open.first {
                let answer = word == 2 ? nil : World.agree(question)
                lines.append("\(question.request.title): \(answer == nil ? "refused" : "yes")")
                _ = try await engine.answer(
                    question.id, answer, comment: nil, by: World.eva, channel: "test")
            } else if let wakeAt {
                world.clock.advance(to: wakeAt)
            } else {
                throw PlanViolation(description: "run \(run) waits for nobody")
            }
        }
        throw PlanViolation(description: "run \(run) did not end")
    }

    // MARK: What must hold of a run that ended

    private func judge(_ run: RunRecord, on engine: Orchestrator) throws -> RunRecord {
        let report = try world.report(run.id)
        lines.append(
            "run \(run.id) (\(run.failover?.rawValue ?? "")) \(run.state.rawValue)"
                + (run.failure.map { ": \($0.message)" } ?? ""))
        if run.state != .completed, run.failure?.message.isEmpty != false {
            throw PlanViolation(
                description: "run \(run.id) is \(run.state.rawValue), unexplained")
        }
        let stages = report.stages
        if let failed = stages.firstIndex(where: { $0.tasks.contains { $0.state == .failed } }) {
            let later = stages[(failed + 1)...].filter { $0.id != "clean-up" }.flatMap(\.tasks)
            if let begun = later.first(where: { $0.begunAt != nil }) {
                throw PlanViolation(
                    description: "\(begun.id) began after a step of '\(stages[failed].id)' failed")
            }
        }
        if run.failover == .test || run.state == .completed {
            if run.failover != .test { unfinished = nil }
        } else {
            unfinished = run.id
        }
        return run
    }

    // MARK: Home again

    /// From wherever the nights have left it, with everything in order and everybody agreeing, the
    /// plan's own runs bring all back to the start.
    private func goHome() async throws {
        try await world.fabric.heal("oslo")
        lines.append("all is well again")
        let watch = PlanWatch(world)
        let engine = try world.engine(observing: watch)
        for _ in 0..<8 {
            try watch.check()
            if try await isHome(engine) { return try await checkHome(engine) }
            let run = try await wayHome(engine)
            try await lead(run, on: engine, agreeing: true)
        }
        throw PlanViolation(description: "no way home: \(try await standing(engine))")
    }

    private func wayHome(_ engine: Orchestrator) async throws -> RunID {
        if let unfinished {
            lines.append("go on from \(unfinished)")
            do {
                return try await engine.goOn(
                    from: unfinished, .retry, by: World.eva, reason: "home")
            } catch let failure as Failure {
                lines.append("refused: \(failure.message)")
                self.unfinished = nil
            }
        }
        let protections = try await protections(engine)
        let away = protections.filter { $0.production.site == "bergen" }
        let kind: FailoverKind = away.count == protections.count ? .failback : .planned
        lines.append("run \(kind.rawValue)")
        return try await engine.start(world.request("night", kind: kind, reason: "home"))
    }

    private func protections(_ engine: Orchestrator) async throws -> [Protection] {
        var found: [Protection] = []
        for vm in Self.vms {
            guard let one = try await engine.services.replication.protection(of: vm) else {
                throw PlanViolation(description: "\(vm) is protected no more")
            }
            found.append(one)
        }
        return found
    }

    private func isHome(_ engine: Orchestrator) async throws -> Bool {
        for protection in try await protections(engine) {
            let machine = try await world.fabric.machine(protection.production)
            guard machine.id.site == "oslo", machine.power == .running,
                protection.state == .replicating
            else { return false }
        }
        return true
    }

    private func checkHome(_ engine: Orchestrator) async throws {
        let given = try world.given()
        guard given.isEmpty else {
            throw PlanViolation(description: "all are home and addresses are out: \(given)")
        }
        for machine in try await world.fabric.machines(at: nil) where machine.role == .test {
            throw PlanViolation(description: "the test machine \(machine.id) was left behind")
        }
        for (index, vm) in [(0, "sql01"), (3, "wap01"), (4, "wap02")] {
            let card = try await world.card(MachineID(site: "oslo", name: vm))
            guard card.address == "10.0.0.\(11 + index)", card.switchName == "tenant" else {
                throw PlanViolation(description: "\(vm) came home to another network: \(card)")
            }
        }
    }

    private func standing(_ engine: Orchestrator) async throws -> String {
        var words: [String] = []
        for protection in try await protections(engine) {
            let machine = try? await world.fabric.machine(protection.production)
            words.append(
                "\(protection.vm) \(protection.state.rawValue), \(protection.production) "
                    + "\(machine?.power.rawValue ?? "?")")
        }
        return words.joined(separator: "; ")
    }
}

/// What goes wrong in one night.
private struct Trouble: CustomStringConvertible {
    var faults = FaultPlan()
    var death: Death?
    /// The commit at which Oslo is lost.
    var lostAt: Int?

    init(using random: inout SeededGenerator) {
        let count = [0, 0, 1, 1, 2, 3].randomElement(using: &random)!
        for _ in 0..<count {
            faults.faults.append(
                FaultPlan.Fault(
                    Bool.random(using: &random) ? .before : .after,
                    FabricCall.allCases.randomElement(using: &random)!,
                    occurrence: Int.random(in: 1...12, using: &random),
                    failure: Self.failures.randomElement(using: &random)!))
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            death = Death(
                at: Int.random(in: 1...70, using: &random),
                Bool.random(using: &random) ? .before : .after)
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
            lostAt = Int.random(in: 1...60, using: &random)
        }
    }

    /// A time-out, a refusal, a fault of the host.
    private static let failures = [
        Failure(.siteUnreachable, "no answer within the time"),
        Failure(.updateRefused, "the host refuses it"),
        Failure(.capacityMissing, "the host has no memory left"),
        Failure(.rehearsed, "the host died"),
    ]

    var description: String {
        let words =
            faults.faults.map {
                "\($0.moment.rawValue) \($0.call.rawValue) \($0.occurrence): \($0.failure.message)"
            } + (death.map { _ in ["a death"] } ?? []) + (lostAt.map { ["oslo lost at \($0)"] } ?? [])
        return words.isEmpty ? "nothing goes wrong" : words.joined(separator: ", ")
    }
}
