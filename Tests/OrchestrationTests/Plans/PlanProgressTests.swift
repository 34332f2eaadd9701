// How far a plan has come, read from the notes of its run.
import Model
import Orchestration
import Store
import Testing

@Suite struct PlanProgressTests {
    private let itinerary = note(
        "progress", 1,
        #"[{"id":"web","tasks":[{"id":"web/1","title":"mend"},{"id":"web/2","title":"start"}],"title":"Web"}]"#,
        at: 0)

    @Test func `before the first note there is nothing to show`() {
        #expect(PlanProgress.stages(from: []) == [])
        #expect(PlanProgress.stand(from: []) == nil)
    }

    @Test func `a task that was not begun is shown as such`() {
        let stages = PlanProgress.stages(from: [itinerary])
        #expect(stages.map(\.title) == ["Web"])
        #expect(stages[0].tasks.map(\.title) == ["mend", "start"])
        #expect(stages[0].tasks.map(\.state) == [.notBegun, .notBegun])
    }

    private static let ends: [(String, PlanProgress.Task.State, String?)] = [
        (#"{"state":"done"}"#, .done, nil),
        (#"{"remark":"it is there","state":"skipped"}"#, .skipped, "it is there"),
        (#"{"remark":"no answer","state":"forgiven"}"#, .forgiven, "no answer"),
        (#"{"remark":"no switch","state":"failed"}"#, .failed, "no switch"),
    ]

    @Test(arguments: ends)
    func `a task has its times, its end and why`(
        text: String, state: PlanProgress.Task.State, remark: String?
    ) {
        let begun = note("progress/web/1", 1, #"{"state":"running"}"#, at: 10)
        let ended = note("progress/web/1", 2, text, at: 17)
        let running = PlanProgress.stages(from: [itinerary, begun])[0].tasks[0]
        #expect(running.state == .running)
        #expect(running.endedAt == nil)
        let task = PlanProgress.stages(from: [itinerary, begun, ended])[0].tasks[0]
        #expect(task.state == state)
        #expect(task.remark == remark)
        #expect(task.begunAt == Timestamp(microseconds: 10))
        #expect(task.endedAt == Timestamp(microseconds: 17))
    }

    @Test func `how the vms stand at the end is the last note of the plan`() {
        let stand = note("progress", 2, #"[{"name":"web01"}]"#, at: 20)
        #expect(PlanProgress.stand(from: [itinerary, stand]) == [["name": "web01"]])
    }
}

private func note(_ branch: String, _ ordinal: Int, _ text: String, at: Int64) -> RunNote {
    RunNote(
        run: RunID(1), branch: Branch(branch), ordinal: ordinal, level: .plan, text: text,
        at: Timestamp(microseconds: at))
}
