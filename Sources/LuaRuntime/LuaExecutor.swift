// The threads on which slices of Lua run, so that nothing else ever waits for Lua.

/// A task executor with a fixed number of threads of its own; lives as long as the process.
///
///     Task(executorPreference: LuaExecutor.shared) { … }
package final class LuaExecutor: TaskExecutor {
    /// One thread for each core.
    package static let shared = LuaExecutor(threads: 2)

    package init(threads: Int) {}

    package func enqueue(_ job: consuming ExecutorJob) { fatalError() }
}
