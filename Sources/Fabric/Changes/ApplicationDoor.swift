// The door between an application's transactions. Two bytes of the change map are locked, beside
// those that `ChangeMap` locks: byte 2 is shared by all who are inside, byte 3 is the door itself.
//
//     a transaction   door shared ▸ inside shared ▸ door unlocked ▸ writes ▸ inside unlocked
//     a quiescence    door alone ▸ inside alone, when all have left ▸ … ▸ both unlocked
//
// Whoever quiesces takes the door first, so that those inside drain and nobody follows. The kernel
// frees the locks of a process that dies: neither a dead application nor a dead engine holds
// anybody.
import Glibc
import Model

private let inside: Range<Int64> = 2..<3
private let door: Range<Int64> = 3..<4

/// An application's side; one for each open disk.
final class ApplicationDoor: Sendable {
    private let file: OpenFile
    /// The kernel keeps handles apart; this counts the threads of one handle.
    private let transactions = Locked(0)

    init(folder: String) throws(Failure) { file = try OpenFile(ChangeMap.path(in: folder), O_RDWR) }

    func pass<Result>(_ body: () throws -> Result) throws -> Result {
        try enter()
        defer { leave() }
        return try body()
    }

    private func enter() throws {
        try file.lock(.shared, door)
        defer { file.unlock(door) }
        try transactions.withLock { count in
            if count == 0 { try file.lock(.shared, inside) }
            count += 1
        }
    }

    private func leave() {
        transactions.withLock { count in
            count -= 1
            if count == 0 { file.unlock(inside) }
        }
    }
}

/// The engine's side: open while the applications are held.
final class HeldApplications: Quiescence {
    private struct Hold {
        var file: OpenFile?
        var clock: Task<Void, Never>?
    }

    private let hold: Locked<Hold>
    private static let lookMicroseconds: UInt32 = 500

    /// Waits up to `limit` for those inside to leave. Blocks.
    init(of id: MachineID, folder: String, limit: Duration) throws {
        let file = try OpenFile(ChangeMap.path(in: folder), O_RDWR)
        let end = ContinuousClock.now + limit
        for byte in [door, inside] {
            while try !file.tryLock(.exclusive, byte) {
                guard ContinuousClock.now < end else { throw Self.failure(id, limit) }
                usleep(Self.lookMicroseconds)
            }
        }
        hold = Locked(Hold(file: file))
    }

    deinit { hold.withLock { $0.clock?.cancel() } }

    func letGo(after limit: Duration) {
        let clock = Task { [weak self] in
            guard (try? await Task.sleep(for: limit)) != nil else { return }
            self?.release()
        }
        hold.withLock { $0.clock = clock }
    }

    func thaw() async -> Bool { release() }

    /// Closing the file frees its locks.
    @discardableResult
    private func release() -> Bool {
        hold.withLock { hold in
            let wasHeld = hold.file != nil
            hold.clock?.cancel()
            hold = Hold()
            return wasHeld
        }
    }

    private static func failure(_ id: MachineID, _ limit: Duration) -> Failure {
        Failure(
            .quiesceFailed,
            "an application of \(id) did not come to rest within \(limit)",
            context: ["vm": id.name, "site": id.site])
    }
}
