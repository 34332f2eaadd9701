// A second engine beside the one that leads. It takes over the moment the leader ends, and ends a
// leader that hangs: one that was stopped, or whose disk never answers, keeps its lead for ever
// otherwise.
//
//     standing by ──the leader ended──▶ takes the lead; somebody was quicker ─▶ standing by
//         │ ▲
//         │ └── it answered
//         └──nothing heard for `silence`──▶ ends the leader ─▶ standing by
import Fabric
import Glibc
import Model
import Store

struct Succession: Sendable {
    private let folder: String
    private let silence: Duration
    private let clock = SystemClock()

    /// Raises `usage.invalid` for a silence under a second: a busy disk may keep an engine so long.
    init(in folder: String, silence: Duration) throws(Failure) {
        guard silence >= .seconds(1) else {
            throw Failure(.usage, "--silence \(silence.text) is too short; say 1s or more")
        }
        self.folder = folder
        self.silence = silence
    }

    /// Returns once nobody leads the lab. Told to stop before, the process ends with 0: it has
    /// nothing to end.
    func wait() async throws {
        guard try Lease.isHeld(folder: folder) else { return }
        let store = try Store(folder: folder)
        for number in [SIGTERM, SIGINT] { signal(number) { _ in _exit(0) } }
        defer { for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) } }
        if let leader = try store.lastLease()?.holder {
            Terminal.say("standing by for `\(leader.command)`, process \(leader.processID)")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            // A thread of its own: it waits as long as the leader lives.
            let threads = BlockingThreads(count: 1)
            group.addTask { try await threads.run { try Lease.waitUntilFree(folder: folder) } }
            group.addTask { try await watch(store) }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Returns only when it is cancelled.
    private func watch(_ store: Store) async throws {
        while !Task.isCancelled {
            if let token = try store.lastLease()?.token, try await isSilent() {
                end(token, of: store)
            }
            try? await clock.sleep(until: clock.now + silence / 3)
        }
    }

    /// A leader that serves nobody, a `muster run`, has nothing to answer with.
    private func isSilent() async throws -> Bool {
        guard let engine = try LeadSocket.engine(of: folder) else { return false }
        return try await engine.isSilent(for: silence)
    }

    private func end(_ token: LeaseToken, of store: Store) {
        do {
            guard let leader = try Lease.endLeader(token, of: store) else { return }
            Terminal.say(
                "`\(leader.command)`, process \(leader.processID), answered nothing for "
                    + "\(silence.text) and was ended")
        } catch {
            Terminal.complain(Failure(error, as: .leaseHeld))
        }
    }
}
