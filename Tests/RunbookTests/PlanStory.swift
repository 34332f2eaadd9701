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
    var lines: [String] = []
    private var random: SeededGenerator
    /// The last run that did not come to its end, if somebody may go on from it.
    var unfinished: RunID?

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
        let trouble = PlanTrouble(using: &random, on: world.clock)
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
        await serve(heir)
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
        if Int.random(in: 0..<3, using: &random) == 0 { return try await act(engine) }
        let kind = FailoverKind.allCases.randomElement(using: &random)!
        lines.append("run \(kind.rawValue)")
        return try await engine.start(
            world.request("night", kind: kind, reason: "a drill"))
    }

    /// Something is done with what was failed over, if anything was.
    private func act(_ engine: Orchestrator) async throws -> RunID {
        let kind = PlanAct.Kind.allCases.randomElement(using: &random)!
        lines.append("run \(kind.rawValue)")
        var request = world.request("night", reason: "a drill")
        request.act =
            kind == .changePoint
            ? try await engine.changes(PointChoice(.latest), of: "night", scope: nil).act
            : PlanAct(kind)
        return try await engine.start(request)
    }

    /// Leads a run to its end; people answer, refuse, or let the deadline pass.
    @discardableResult
    func lead(
        _ run: RunID, on engine: Orchestrator, agreeing: Bool
    ) async throws -> RunRecord {
        let store = engine.services.store
        var asked: [String: Int] = [:]
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
                // Nobody tries the same for ever.
                let title = question.request.title
                asked[title, default: 0] += 1
                let gaveUp = word == 2 || asked[title, default: 0] > 3
                let answer = gaveUp ? nil : World.agree(question)
                lines.append("\(title): \(answer == nil ? "refused" : "yes")")
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
            "run \(run.id) (\(run.planWord ?? "")) \(run.state.rawValue)"
                + (run.failure.map { ": \($0.message)" } ?? ""))
        if run.state != .completed, run.failure?.message.isEmpty != false {
            throw PlanViolation(
                description: "run \(run.id) is \(run.state.rawValue), unexplained")
        }
        let stages = report.stages
        if let failed = stages.firstIndex(where: { $0.tasks.contains { $0.state == .failed } }) {
            let later = stages[(failed + 1)...].filter { $0.id != "clean-up" }.flatMap(\.tasks)
            let called = Set(report.acts.map(\.place.branch.path))
            // What an earlier run had done stands there too; this one has called nothing of it.
            if let begun = later.first(where: { called.contains($0.id) }) {
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
}
