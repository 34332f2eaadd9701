// An itinerary as a tree in the terminal.
import Orchestration

struct PlanTree {
    private let itinerary: Itinerary

    init(_ itinerary: Itinerary) { self.itinerary = itinerary }

    var text: String {
        itinerary.stages.enumerated().flatMap { index, stage -> [String] in
            let isLast = index == itinerary.stages.count - 1
            let trunk = isLast ? "   " : "│  "
            return ["\(isLast ? "└" : "├")─ \(Terminal.styled(stage.title, .bold))"]
                + stage.tasks.enumerated().map { place, task in
                    "\(trunk)\(place == stage.tasks.count - 1 ? "└" : "├")─ \(line(of: task))"
                }
        }.joined(separator: "\n")
    }

    private func line(of task: Itinerary.Task) -> String {
        var remarks: [String] = []
        if case .manual = task.work { remarks.append("a person answers") }
        if case .script(_, .some) = task.work { remarks.append("then a person answers") }
        if task.policy.retries > 0 { remarks.append("\(task.policy.retries) retries") }
        if task.policy.onError != .abort {
            remarks.append("on error: \(task.policy.onError.rawValue)")
        }
        if task.undo != nil { remarks.append("can be undone") }
        if let overrides = task.overrides { remarks.append("there \(overrides.words)") }
        let others = task.needs.filter { $0.contains("/vms/") }.map {
            $0.split(separator: "/").last!
        }
        if !others.isEmpty, task.id.contains("/vms/") {
            remarks.append("after \(others.joined(separator: ", "))")
        }
        let tail =
            remarks.isEmpty ? "" : Terminal.styled("  (\(remarks.joined(separator: "; ")))", .dim)
        return task.title + tail
    }
}
