// Executes a run once, from the top: a runbook's one branch, or a plan by its conductor. Starting,
// resuming after a death and going on after an answer are this same thing.
import LuaRuntime
import Model
import Store

package struct RunExecution: Sendable {
    package enum End: Sendable, Equatable {
        case completed(Value)
        case failed(Failure)
        case aborted(Failure)
        case parked(until: Timestamp?)
    }

    let context: RunContext

    package init(context: RunContext) { self.context = context }

    /// Raises only the engine's own trouble; the run then goes on from its journal another time.
    package func execute() async throws -> End {
        switch context.run.kind {
        case .runbook: try await executeRunbook()
        case .plan: try await PlanConductor(context: context).conduct()
        }
    }

    private func executeRunbook() async throws -> End {
        let script = try ScriptExecution(context: context)
        var journal = try BranchJournal(context: context, branch: .main)
        switch try await script.call(["run"], with: context.run.parameters, &journal) {
        case .finished(let value):
            // Swallowing it does not undo it.
            return journal.reasonToldToEnd.map(Self.end(for:)) ?? .completed(value)
        case .parked(let until): return .parked(until: until)
        case .failed(let failure): return Self.end(for: failure)
        }
    }

    private static func end(for failure: Failure) -> End {
        let wasEnded = [.runAborted, .questionRefused, .questionExpired].contains(failure.code)
        return wasEnded ? .aborted(failure) : .failed(failure)
    }
}
