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
        /// It goes on as another run, which is told what the failure carries.
        case continued(Failure)
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
            return journal.reasonToldToEnd.map(end(for:)) ?? .completed(value)
        case .parked(let until): return .parked(until: until)
        case .failed(let failure):
            let told = journal.reasonToldToEnd.flatMap { $0.code == failure.code ? $0 : nil }
            return told.map(end(for:)) ?? Self.end(afterOwn: failure)
        }
    }

    /// An abort that came while the run was about to go on as another one is obeyed.
    private func end(for failure: Failure) -> End {
        if failure.code == .runContinued {
            return context.control.abort.map { .aborted($0) } ?? .continued(failure)
        }
        return Self.end(afterOwn: failure)
    }

    private static func end(afterOwn failure: Failure) -> End {
        let wasEnded = [.runAborted, .questionRefused, .questionExpired].contains(failure.code)
        return wasEnded ? .aborted(failure) : .failed(failure)
    }
}
