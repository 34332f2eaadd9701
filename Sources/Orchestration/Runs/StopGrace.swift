// Executes a run that may be stopped meanwhile. The act under way then has a grace in which to end
// and to be recorded; one that takes longer is left behind and writes nothing more: what came of it
// is as unknown as if the engine had died.
import LuaRuntime
import Model

struct StopGrace: Sendable {
    let control: RunControl
    let clock: any WallClock

    func execute(
        _ work: @escaping @Sendable () async throws -> RunExecution.End
    ) async throws -> RunExecution.End {
        let first = FirstOutcome<RunExecution.End>()
        let worker = Task(executorPreference: LuaExecutor.shared) {
            do { first.offer(.success(try await work())) } catch { first.offer(.failure(error)) }
        }
        let cutter = Locked<Task<Void, any Error>?>(nil)
        control.whenStopped { [control, clock] in
            let task = Task {
                try await clock.sleep(until: clock.now + Limits.stopGrace)
                control.leaveBehind()
                first.offer(.success(.parked(until: nil)))
            }
            cutter.withLock { $0 = task }
        }
        defer {
            worker.cancel()
            control.whenStopped(nil)
            cutter.withLock { $0?.cancel() }
        }
        return try await withTaskCancellationHandler {
            try await first.outcome()
        } onCancel: {
            worker.cancel()
        }
    }
}
