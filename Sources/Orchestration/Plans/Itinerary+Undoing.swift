// The itinerary of a run that undoes another one (P-10): for each step that was begun and says how
// it is undone, that function, the last step's first; and a vm that was shut down and never failed
// over is started again where it was. What was failed over stays: the plan itself brings it home.
import Model

extension Itinerary {
    /// `begun` are the tasks of the run in the order in which they are to be undone.
    func undoing(_ begun: [PlanProgress.Task]) -> Itinerary {
        let known = Dictionary(uniqueKeysWithValues: tasks.map { ($0.id, $0) })
        var undoing: [Task] = []
        for past in begun {
            let needs = undoing.last.map { [$0.id] } ?? []
            if let task = known[past.id]?.undoing(past, needs) { undoing.append(task) }
        }
        return Itinerary(
            stages: [Stage(id: "undo", title: "Undo, the last step first", tasks: undoing)])
    }
}

extension Itinerary.Task {
    static let undoRoot = "undo/"
    private static let undoWord = "undo: "

    /// The step's own name, also where it is undone.
    var stepName: String {
        outcome == nil ? title : String(title.dropFirst(Self.undoWord.count))
    }

    fileprivate func undoing(_ past: PlanProgress.Task, _ needs: [String]) -> Self? {
        let work: Work
        if let undo {
            work = .script(undo, then: nil)
        } else if case .machine(.shutDown, let vm) = self.work {
            work = .machine(.startAgain, vm: vm)
        } else {
            return nil
        }
        return Self(
            id: Self.undoRoot + id, title: Self.undoWord + title, work: work, needs: needs,
            policy: policy, side: side, position: position,
            outcome: past.state == .done ? .done : .failed)
    }
}
