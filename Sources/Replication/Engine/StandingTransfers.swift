// Ending a copy, resync or cycle before its time: asked for by somebody else, or by the cancelling
// of the task that waits for it. It stops between two blocks; its cut fails, so that nothing is
// lost, and the next one begins anew.
import Model

/// How far a transfer has come.
package struct TransferProgress: Sendable, Hashable {
    /// What was read and sent, and what there is to read; of the disks' bytes, not of the line's.
    package var done = ByteCount(0)
    package var all = ByteCount(0)
}

/// Asked before every read of a transfer, and told of it afterwards.
final class StandingTransfer: Sendable {
    private let isAsked = Locked(false)
    private let read = Locked(TransferProgress())
    let key: String

    /// What is read a second time, to be compared or after a fault, does not count twice: never
    /// more is done than there is.
    var progress: TransferProgress {
        read.withLock { TransferProgress(done: min($0.done, $0.all), all: $0.all) }
    }

    func expect(_ bytes: Int64) { read.withLock { $0.all.bytes += bytes } }
    func count(_ bytes: Int) { read.withLock { $0.done.bytes += Int64(bytes) } }

    init(_ key: String) { self.key = key }

    func askToStop() { isAsked.withLock { $0 = true } }

    /// Raises `replication.transfer_stopped` once somebody has asked.
    func check() throws(Failure) {
        guard isAsked.withLock({ $0 }) else { return }
        throw Failure(
            .transferStopped,
            "the transfer of \(key) was stopped before its end; nothing is lost, and the next one "
                + "begins anew",
            context: ["vm": key])
    }
}

/// The transfers under way, by the keys of their protections.
final class StandingTransfers: Sendable {
    private struct State {
        var standing: [String: StandingTransfer] = [:]
        var forestalled: Set<String> = []
    }

    private let state = Locked(State())

    func begin(_ key: String) -> StandingTransfer {
        let transfer = StandingTransfer(key)
        state.withLock { state in
            state.standing[key] = transfer
            if state.forestalled.contains(key) { transfer.askToStop() }
        }
        return transfer
    }

    func end(_ key: String) { state.withLock { $0.standing[key] = nil } }

    func current(_ key: String) -> StandingTransfer? { state.withLock { $0.standing[key] } }

    /// Stops the transfer that is under way, and any that begins before it is allowed again.
    func forestall(_ key: String) {
        state.withLock { state in
            state.forestalled.insert(key)
            state.standing[key]?.askToStop()
        }
    }

    func allow(_ key: String) { _ = state.withLock { $0.forestalled.remove(key) } }
}

extension ReplicationEngine {
    /// Stops the copy, resync or cycle of a protection that is under way, between two blocks; it
    /// raises `replication.transfer_stopped`. Returns false when none is.
    @discardableResult
    package func stopTransfer(of key: String) -> Bool {
        guard let transfer = transfers.current(key) else { return false }
        transfer.askToStop()
        return true
    }

    /// How far the copy, resync or cycle of a protection has come; nil when none is under way.
    package func progress(of key: String) -> TransferProgress? { transfers.current(key)?.progress }

    /// Runs `body` so that it can be stopped, by name or by cancelling the task.
    func stoppable<Result: Sendable>(
        _ key: String, _ body: () async throws -> Result
    ) async throws -> Result {
        let transfer = transfers.begin(key)
        defer { transfers.end(key) }
        return try await withTaskCancellationHandler {
            try await body()
        } onCancel: {
            transfer.askToStop()
        }
    }
}

extension LogSource {
    /// The same disk, read for the transfer until somebody asks that to stop.
    func read(for transfer: StandingTransfer?) -> LogSource {
        guard let transfer else { return self }
        let read = self.read
        return LogSource(
            size: size, extents: extents,
            read: { offset, buffer in
                try transfer.check()
                try read(offset, buffer)
                transfer.count(buffer.count)
            }, known: known)
    }
}
