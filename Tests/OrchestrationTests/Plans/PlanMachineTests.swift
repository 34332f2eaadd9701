// The order of a plan's run, as dialogues: what the machine hears, what it wants done.
import Model
import Orchestration
import Testing

@Suite struct PlanMachineTests {
    private let broken = Failure(.stepFailed, "the portal does not answer")
    private let person = Failure(.runAborted, "anna aborted the run")

    @Test func `groups follow each other when all their tasks are done`() {
        var machine = PlanMachine(stages: stage("databases", "sql01", "sql02"), stage("web", "wap"))
        #expect(machine.handle(.begun) == [.begin(task: "sql01"), .begin(task: "sql02")])
        #expect(machine.handle(.ended(task: "sql02", .done)) == [])
        #expect(machine.handle(.ended(task: "sql01", .done)) == [.begin(task: "wap")])
        #expect(machine.handle(.ended(task: "wap", .done)) == [.conclude(.completed)])
    }

    @Test func `a plan without a task is completed at once`() {
        var machine = PlanMachine(stages: [])
        #expect(machine.handle(.begun) == [.conclude(.completed)])
    }

    @Test func `abort stops the groups that follow, and what runs beside it`() {
        var machine = PlanMachine(stages: stage("databases", "sql01", "sql02"), stage("web", "wap"))
        _ = machine.handle(.begun)
        #expect(machine.handle(.ended(task: "sql01", .failed(broken))) == [.stop(broken)])
        #expect(machine.handle(.ended(task: "sql02", .done)) == [.conclude(.aborted(broken))])
        #expect(machine.status["wap"] == .waiting)
    }

    @Test func `the first failure is the one that is told`() {
        var machine = PlanMachine(stages: stage("databases", "sql01", "sql02"))
        _ = machine.handle(.begun)
        _ = machine.handle(.ended(task: "sql01", .failed(broken)))
        #expect(
            machine.handle(.ended(task: "sql02", .failed(person))) == [.conclude(.aborted(broken))])
    }

    @Test func `a task begins when all it needs has ended`() {
        var machine = PlanMachine(
            stages: Itinerary.Stage(
                id: "web", title: "web",
                tasks: [
                    task("wap01"), task("wap02", needs: "wap01"), task("proxy"),
                    task("check", needs: "wap02", "proxy"),
                ]))
        #expect(machine.handle(.begun) == [.begin(task: "wap01"), .begin(task: "proxy")])
        #expect(machine.handle(.ended(task: "proxy", .done)) == [])
        #expect(machine.handle(.ended(task: "wap01", .done)) == [.begin(task: "wap02")])
        #expect(machine.handle(.ended(task: "wap02", .done)) == [.begin(task: "check")])
        #expect(machine.handle(.ended(task: "check", .done)) == [.conclude(.completed)])
    }

    @Test func `a failed task stops the tasks of its group that need it`() {
        var machine = PlanMachine(
            stages: Itinerary.Stage(
                id: "web", title: "web", tasks: [task("wap01"), task("wap02", needs: "wap01")]))
        _ = machine.handle(.begun)
        #expect(
            machine.handle(.ended(task: "wap01", .failed(broken))) == [
                .stop(broken), .conclude(.aborted(broken)),
            ])
        #expect(machine.status["wap02"] == .waiting)
    }

    @Test(arguments: ["skipped", "forgiven"])
    func `a task that was skipped or forgiven lets the run go on`(word: String) {
        var machine = PlanMachine(stages: stage("databases", "sql01"), stage("web", "wap"))
        _ = machine.handle(.begun)
        let end: PlanMachine.TaskEnd =
            word == "skipped" ? .skipped("it is there already") : .forgiven(broken)
        #expect(machine.handle(.ended(task: "sql01", end)) == [.begin(task: "wap")])
        #expect(machine.handle(.ended(task: "wap", .done)) == [.conclude(.completed)])
        #expect(machine.status["sql01"] == .ended(end))
    }

    @Test func `preflight tells every failure before it aborts`() {
        var machine = PlanMachine(stages: preflight("vms", "switch", "dns"), stage("web", "wap"))
        _ = machine.handle(.begun)
        let first = Failure(
            .stepFailed, "no switch", at: SourcePosition(file: "web-shop.lua", line: 7))
        let second = Failure(.stepFailed, "no dns")
        #expect(machine.handle(.ended(task: "switch", .failed(first))) == [])
        #expect(machine.handle(.ended(task: "dns", .failed(second))) == [])
        let end = machine.handle(.ended(task: "vms", .done))
        let told = Failure(
            .preflightFailed, "preflight failed and nothing was touched: no switch; no dns",
            context: ["faults": "2"], at: first.position, cause: first)
        #expect(end == [.conclude(.aborted(told))])
    }

    @Test func `a failed check of preflight does not keep the next one from looking`() {
        let checks = Itinerary.Stage(
            id: "preflight", title: "Preflight",
            tasks: [task("switch"), task("dns", needs: "switch")], collectsFailures: true)
        var machine = PlanMachine(stages: checks)
        _ = machine.handle(.begun)
        #expect(machine.handle(.ended(task: "switch", .failed(broken))) == [.begin(task: "dns")])
    }

    @Test func `the clean-up of a test runs after an abort, and each vm is cleaned up`() {
        var machine = PlanMachine(stages: stage("web", "wap"), cleanUp("clean-a", "clean-b"))
        _ = machine.handle(.begun)
        #expect(
            machine.handle(.ended(task: "wap", .failed(broken))) == [
                .stop(broken), .begin(task: "clean-a"), .begin(task: "clean-b"),
            ])
        #expect(machine.handle(.ended(task: "clean-a", .failed(person))) == [])
        #expect(
            machine.handle(.ended(task: "clean-b", .done)) == [.conclude(.aborted(broken))])
    }

    @Test func `a failed clean-up aborts a run that was well until then`() {
        var machine = PlanMachine(stages: stage("web", "wap"), cleanUp("clean"))
        _ = machine.handle(.begun)
        #expect(machine.handle(.ended(task: "wap", .done)) == [.begin(task: "clean")])
        #expect(
            machine.handle(.ended(task: "clean", .failed(broken))) == [
                .stop(broken), .conclude(.aborted(broken)),
            ])
    }

    // MARK: A person aborts

    @Test func `an abort before the beginning begins nothing`() {
        var machine = PlanMachine(stages: stage("web", "wap"))
        #expect(
            machine.handle(.abortRequested(person)) == [
                .stop(person), .conclude(.aborted(person)),
            ])
        #expect(machine.handle(.begun) == [])
    }

    @Test func `an abort lets what runs come to its end`() {
        var machine = PlanMachine(stages: stage("databases", "sql01", "sql02"), stage("web", "wap"))
        _ = machine.handle(.begun)
        #expect(machine.handle(.abortRequested(person)) == [.stop(person)])
        #expect(machine.handle(.ended(task: "sql01", .failed(person))) == [])
        #expect(machine.handle(.ended(task: "sql02", .done)) == [.conclude(.aborted(person))])
    }

    @Test func `an abort in preflight is told, not the faults it found until then`() {
        var machine = PlanMachine(stages: preflight("vms", "switch"))
        _ = machine.handle(.begun)
        _ = machine.handle(.ended(task: "switch", .failed(broken)))
        #expect(machine.handle(.abortRequested(person)) == [.stop(person)])
        #expect(machine.handle(.ended(task: "vms", .done)) == [.conclude(.aborted(person))])
    }

    @Test func `an abort while a failed run drains changes nothing`() {
        var machine = PlanMachine(stages: stage("databases", "sql01", "sql02"))
        _ = machine.handle(.begun)
        _ = machine.handle(.ended(task: "sql01", .failed(broken)))
        #expect(machine.handle(.abortRequested(person)) == [])
        #expect(machine.handle(.ended(task: "sql02", .done)) == [.conclude(.aborted(broken))])
    }

    @Test func `an abort during the clean-up lets it finish`() {
        var machine = PlanMachine(stages: cleanUp("clean-a", "clean-b"))
        _ = machine.handle(.begun)
        #expect(machine.handle(.abortRequested(person)) == [.stop(person)])
        _ = machine.handle(.ended(task: "clean-a", .done))
        #expect(
            machine.handle(.ended(task: "clean-b", .done)) == [.conclude(.aborted(person))])
    }

    @Test func `an abort after the end comes too late`() {
        var machine = PlanMachine(stages: stage("web", "wap"))
        _ = machine.handle(.begun)
        _ = machine.handle(.ended(task: "wap", .done))
        #expect(machine.handle(.abortRequested(person)) == [])
    }

    @Test func `a task that was not begun cannot end`() async {
        await #expect(processExitsWith: .failure) {
            var machine = PlanMachine(stages: stage("web", "wap"))
            _ = machine.handle(.ended(task: "wap", .done))
        }
    }
}

extension PlanMachine {
    init(stages: Itinerary.Stage...) { self.init(stages: stages) }
    init(stages: [Itinerary.Stage]) { self.init(itinerary: Itinerary(stages: stages)) }
}

private func task(_ id: String, needs: String...) -> Itinerary.Task {
    Itinerary.Task(id: id, title: id, work: .check, needs: needs)
}

private func stage(_ id: String, _ tasks: String...) -> Itinerary.Stage {
    Itinerary.Stage(id: id, title: id, tasks: tasks.map { task($0) })
}

private func preflight(_ tasks: String...) -> Itinerary.Stage {
    Itinerary.Stage(
        id: "preflight", title: "Preflight", tasks: tasks.map { task($0) }, collectsFailures: true)
}

private func cleanUp(_ tasks: String...) -> Itinerary.Stage {
    Itinerary.Stage(
        id: "clean-up", title: "Clean up", tasks: tasks.map { task($0) }, runsAlways: true)
}
