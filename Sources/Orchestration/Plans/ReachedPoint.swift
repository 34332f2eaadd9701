// To which recovery point a vm was brought by a run of a plan, as the run's own journal tells it;
// what a run that goes on from another took over is in the journal of that one.
import Model
import Store

struct ReachedPoint {
    let store: Store

    /// Raises `plan.value_missing` before the vm was failed over.
    func point(of vm: String, in run: RunID) throws -> Value {
        var asked: RunID? = run
        while let id = asked {
            if let point = try own(vm, id) { return point }
            let record = try store.run(id)
            asked = record.sequel?.undone == nil ? record.sequel?.former : nil
        }
        throw Failure(
            .valueMissing,
            "\(vm) has no point yet: run \(run) has not failed it over; ask in a step after that",
            context: ["vm": vm, "run": run.description])
    }

    /// The newest attempt that succeeded.
    private func own(_ vm: String, _ run: RunID) throws -> Value? {
        let branches = try store.branches(of: run).filter { branch in
            let task = branch.path.prefix(while: { $0 != "#" })
            return task.hasPrefix("groups/") && task.hasSuffix("/vms/\(vm)")
        }
        let results = try branches.flatMap { branch in
            try store.entries(of: run, branch: branch).filter {
                $0.primitive == "replication.failover" && $0.kind == .result
            }
        }
        return try results.max { $0.at < $1.at }.flatMap { try Value(json: $0.payload)["point"] }
    }
}
