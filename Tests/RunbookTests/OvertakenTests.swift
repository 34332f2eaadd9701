// Two engines on one store. One is stopped before a commit of its run, as a process or a machine is
// that hangs; the other takes the lead and ends the run; then the first one wakes. Whatever it was
// about to write is refused, and what stands is what an undisturbed run leaves.
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

/// Stops an engine before the commit of a given number, until it is let go on.
private final class Pause: CommitObserver {
    private struct State {
        var commits = 0
        var isReached = false
    }

    private let state = Locked(State())
    private let number: Int
    private let wakes = DispatchSemaphore(value: 0)
    private let reached: AsyncStream<Void>.Continuation
    /// Ends once the engine has stopped.
    let stops: AsyncStream<Void>

    init(before number: Int) {
        self.number = number
        (stops, reached) = AsyncStream.makeStream()
    }

    var isReached: Bool { state.withLock(\.isReached) }

    func willCommit(_ changes: [Change]) {
        let isHere = state.withLock { state in
            state.commits += 1
            if state.commits == number { state.isReached = true }
            return state.commits == number
        }
        guard isHere else { return }
        reached.finish()
        wakes.wait()
    }

    func didCommit(_ changes: [Change]) {}

    func letGo() { wakes.signal() }
    /// The engine came to its end before that commit.
    func miss() { reached.finish() }
}

/// Threads apart from Swift's own, which are as few as there are cores: one of them is to stop.
private final class Threads: TaskExecutor {
    private let queue = DispatchQueue(label: "sleeper", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

@Suite(.serialized) struct OvertakenTests {
    @Test(arguments: Example.triedSlowly)
    func `a leader that wakes after another took over can do no harm`(example: Example) async throws
    {
        let prepared = try await example.world()
        let undisturbed = try await undisturbed(example)
        var number = 2
        while try await sleeps(before: number, of: example, in: prepared, undisturbed) {
            number += 1
        }
        #expect(number > 5, "the example does something")
    }

    /// Returns whether the engine came as far as that commit.
    private func sleeps(
        before number: Int, of example: Example, in prepared: World, _ undisturbed: Transcript
    ) async throws -> Bool {
        let world = try World(copying: prepared)
        let pause = Pause(before: number)
        let sleeper = try world.engine(observing: pause)
        // The first commit takes the lead.
        let lost = try await lease(of: sleeper, process: 1)
        defer { lost.release() }
        let slept = Task(executorPreference: Threads()) {
            defer { pause.miss() }
            let run = try await sleeper.start(example.request(in: world))
            try await world.finish(run, on: sleeper)
        }
        for await _ in pause.stops {}
        guard pause.isReached else {
            try await slept.value
            return false
        }
        // Whoever deletes the file takes the lock away from under its holder.
        try FileManager.default.removeItem(atPath: "\(world.folder)/engine.lock")
        let heir = try world.engine()
        let held = try await lease(of: heir, process: 2)
        defer { held.release() }
        let run: RunID
        if let begun = try heir.services.store.runs(limit: 100).last {
            run = begun.id
        } else {
            run = try await heir.start(example.request(in: world))
        }
        try await world.finish(run, on: heir)
        pause.letGo()
        await #expect("woken before commit \(number)") {
            try await slept.value
        } throws: { ($0 as? Failure)?.code == .leaseLost }
        let differences = try await Transcript(of: run, in: world).differences(from: undisturbed)
        #expect(differences == [], "woken before commit \(number)")
        return true
    }

    private func lease(of engine: Orchestrator, process: Int32) async throws -> Lease {
        try await Lease.acquire(
            in: engine.services.store,
            holder: LeaseHolder(
                processID: process, hostName: "oslo-1", command: "muster serve",
                since: Timestamp(microseconds: 1)))
    }

    private func undisturbed(_ example: Example) async throws -> Transcript {
        let world = try await example.world()
        let engine = try world.engine()
        let run = try await engine.start(example.request(in: world))
        try await world.finish(run, on: engine)
        return try await Transcript(of: run, in: world)
    }
}
