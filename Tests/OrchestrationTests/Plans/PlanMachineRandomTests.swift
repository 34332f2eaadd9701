// Random itineraries, random ends, an abort at a random time: what must hold whatever happens. A
// story is told by its seed; a failure prints it.
import Model
import Orchestration
import Testing

@Suite struct PlanMachineRandomTests {
    @Test func `whatever happens, the order holds and the run concludes`() {
        for seed in 1...3000 as ClosedRange<UInt64> {
            var story = Story(seed: seed)
            story.play()
            #expect(story.offences == [], "seed \(seed)")
        }
    }
}

/// One run of a made-up plan, watched from outside.
private struct Story {
    private var chance: Chance
    private let stages: [Itinerary.Stage]
    private let stageOf: [String: Int]
    private let tasks: [String: Itinerary.Task]
    private var machine: PlanMachine
    private var running: [String] = []
    private var ended: [String: PlanMachine.TaskEnd] = [:]
    private var begun: Set<String> = []
    private var isStopped = false
    private var conclusion: PlanMachine.Conclusion?
    private(set) var offences: [String] = []

    init(seed: UInt64) {
        chance = Chance(seed: seed)
        let stages = chance.stages()
        self.stages = stages
        stageOf = Dictionary(
            uniqueKeysWithValues: stages.enumerated().flatMap { index, stage in
                stage.tasks.map { ($0.id, index) }
            })
        tasks = Dictionary(
            uniqueKeysWithValues: stages.flatMap(\.tasks).map { ($0.id, $0) })
        machine = PlanMachine(stages: stages)
    }

    mutating func play() {
        hear(.begun)
        let reason = Failure(.runAborted, "enough")
        while conclusion == nil, !running.isEmpty {
            if chance.isTrue(oneIn: 40) {
                isStopped = true
                hear(.abortRequested(reason))
            } else {
                let task = running.remove(at: chance.below(running.count))
                let end = chance.end(of: task)
                ended[task] = end
                hear(.ended(task: task, end))
            }
        }
        checkEnd()
    }

    private mutating func hear(_ event: PlanMachine.Event) {
        for action in machine.handle(event) {
            if conclusion != nil { offences.append("\(action) after the conclusion") }
            switch action {
            case .begin(let task): begin(task)
            case .stop: isStopped = true
            case .conclude(let how): conclusion = how
            }
        }
    }

    private mutating func begin(_ task: String) {
        let stage = stages[stageOf[task] ?? 0]
        if !begun.insert(task).inserted { offences.append("\(task) begins twice") }
        if isLost(before: stage), !stage.runsAlways {
            offences.append("\(task) begins after a failure")
        }
        for need in tasks[task]?.needs ?? [] where !isOver(need, in: stage) {
            offences.append("\(task) begins before \(need) has ended")
        }
        for earlier in stages.prefix(stageOf[task] ?? 0).flatMap(\.tasks)
        where begun.contains(earlier.id) && ended[earlier.id] == nil {
            offences.append("\(task) begins while \(earlier.id) of an earlier stage runs")
        }
        running.append(task)
    }

    /// Whether the run is stopped, or a stage before this one found failures that it collected.
    private func isLost(before stage: Itinerary.Stage) -> Bool {
        isStopped
            || stages.prefix { $0.id != stage.id }.flatMap(\.tasks).contains { task in
                if case .failed? = ended[task.id] { true } else { false }
            }
    }

    private func isOver(_ task: String, in stage: Itinerary.Stage) -> Bool {
        switch ended[task] {
        case nil: false
        case .failed?: stage.collectsFailures || stage.runsAlways
        default: true
        }
    }

    private mutating func checkEnd() {
        guard let conclusion else { return offences.append("no conclusion") }
        if !running.isEmpty { offences.append("concluded while \(running) run") }
        let hasFailed = ended.values.contains { if case .failed = $0 { true } else { false } }
        if conclusion == .completed, hasFailed || isStopped { offences.append("completed anyway") }
        if conclusion == .completed, begun.count < tasks.count { offences.append("left out tasks") }
        if conclusion != .completed, !hasFailed, !isStopped {
            offences.append("aborted for nothing")
        }
        let always = stages.filter(\.runsAlways).flatMap(\.tasks).map(\.id)
        if !begun.isSuperset(of: always) { offences.append("a clean-up did not run") }
        if machine.handle(.abortRequested(Failure(.runAborted, "late"))) != [] {
            offences.append("acts after the conclusion")
        }
    }
}

/// Chance with a seed, so that a story can be told again.
private struct Chance {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    mutating func isTrue(oneIn count: Int) -> Bool { below(count) == 0 }

    mutating func stages() -> [Itinerary.Stage] {
        (0..<below(6)).map { number in
            let isCleanUp = isTrue(oneIn: 5)
            return Itinerary.Stage(
                id: "s\(number)", title: "stage \(number)", tasks: tasks(of: number),
                collectsFailures: number == 0 && isTrue(oneIn: 2), runsAlways: isCleanUp)
        }
    }

    /// Tasks that need some of those before them, so that they make no circle.
    private mutating func tasks(of stage: Int) -> [Itinerary.Task] {
        var ids: [String] = []
        return (0..<below(7)).map { number in
            let needs = ids.filter { _ in isTrue(oneIn: 4) }
            let id = "s\(stage)/\(number)"
            ids.append(id)
            return Itinerary.Task(id: id, title: id, work: .check, needs: needs)
        }
    }

    mutating func end(of task: String) -> PlanMachine.TaskEnd {
        let failure = Failure(.stepFailed, "\(task) failed")
        return switch below(12) {
        case 0: .failed(failure)
        case 1: .forgiven(failure)
        case 2: .skipped("there is no need")
        default: .done
        }
    }
}
