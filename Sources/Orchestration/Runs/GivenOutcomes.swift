// What the branches of one script share while they run side by side: the order of what they were
// given, and the news that they are to stop.
//
// Branches share upvalues, so what one asks may depend on what another was given. On disk the order
// is therefore the one in which outcomes reach Lua: each commit of any of the branches takes
// along all that was given before, and one goes at a time.
import Fabric
import Model
import Store

/// Outcomes that were given to branches and are not written yet, in the order they were given.
final class GivenOutcomes: Sendable {
    private let changes = Locked<[Change]>([])
    private let turnstile = Turnstile()

    var isEmpty: Bool { changes.withLock(\.isEmpty) }

    func add(_ more: [Change]) { changes.withLock { $0 += more } }

    /// Commits what was given before and then `own`. Where that is refused, the first part stays to
    /// be written with the next.
    func commit(_ own: [Change], to context: RunContext) async throws {
        await turnstile.enter()
        defer { turnstile.leave() }
        let given = changes.withLock { changes in
            defer { changes = [] }
            return changes
        }
        do {
            try await context.commit(given + own)
        } catch {
            changes.withLock { $0 = given + $0 }
            throw error
        }
    }
}

/// Lets one through at a time, in the order they came.
final class Turnstile: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isTaken { state.waiting.append(continuation) }
                defer { state.isTaken = true }
                return !state.isTaken
            }
            if isFree { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.isTaken = !state.waiting.isEmpty
            return state.isTaken ? state.waiting.removeFirst() : nil
        }
        next?.resume()
    }
}

/// Why the branches of a call are to end; also when those are that the call is a branch of.
final class StopSignal: Sendable {
    private let own = Locked<Failure?>(nil)
    private let above: StopSignal?

    init(below above: StopSignal?) { self.above = above }

    var isSet: Bool { own.withLock { $0 != nil } }
    var reason: Failure? { own.withLock(\.self) ?? above?.reason }

    /// The first reason stands.
    func set(_ reason: Failure) { own.withLock { $0 = $0 ?? reason } }
}
