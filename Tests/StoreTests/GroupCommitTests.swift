// The one writer: batches stand or fall alone, calls that come together are told their own outcome,
// and the observer is consulted around each batch.
import Foundation
import GRDB
import Model
import Store
import Testing

@Suite struct GroupCommitTests {
    let lab: Lab

    init() throws { lab = try Lab() }

    private func note(_ ordinal: Int, run: Int64 = 1) -> Change {
        .noted(
            RunNote(
                run: RunID(run), ordinal: ordinal, level: .output, text: "\(ordinal)",
                at: .second(1)))
    }

    @Test func `among many calls each learns its own outcome`() async throws {
        let store = try await lab.openWithRun()
        let refused = await withTaskGroup(of: Int?.self) { group in
            for index in 1...200 {
                group.addTask {
                    // Every tenth batch names a run that is not there, in its second change.
                    let isBad = index.isMultiple(of: 10)
                    let changes = [note(index), note(1000 + index, run: isBad ? 99 : 1)]
                    do {
                        try await store.commit(changes)
                        return nil
                    } catch {
                        return Failure.isOf(.storeConflict)(error) ? index : -index
                    }
                }
            }
            return await group.compactMap { $0 }.reduce(into: []) { $0.append($1) }
        }
        #expect(refused.sorted() == (1...20).map { $0 * 10 })
        #expect(try store.lines(of: RunID(1), limit: 1000).count == 360)
    }

    @Test func `a commit is there for another store as soon as it returns`() async throws {
        let store = try await lab.openWithRun()
        let other = try lab.open()
        for ordinal in 1...20 {
            try await store.commit([note(ordinal)])
            #expect(try other.lines(of: RunID(1), limit: 100).count == ordinal)
        }
    }

    @Test func `two stores write the same folder at the same time`() async throws {
        let stores = [try await lab.openWithRun(), try lab.open()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 1...200 {
                group.addTask { try await stores[index % 2].commit([note(index)]) }
            }
            try await group.waitForAll()
        }
        #expect(try stores[0].lines(of: RunID(1), limit: 1000).count == 200)
    }

    @Test func `a commit in a cancelled task is a commit`() async throws {
        let store = try await lab.openWithRun()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await store.commit([note(1)])
        }
        try await task.value
        #expect(try store.lines(of: RunID(1), limit: 10).count == 1)
    }

    @Test func `a lock held too long is store busy, and a later commit works`() async throws {
        _ = try await lab.openWithRun()
        let store = try Store(folder: lab.folder, patience: .milliseconds(5))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let intruder = try DatabaseQueue(path: lab.database, configuration: configuration)
        try await intruder.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await #expect {
            try await store.commit([note(1)])
        } throws: { Failure.isOf(.storeBusy)($0) }
        try await intruder.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try await store.commit([note(1)])
    }

    @Test func `an observer that throws before prevents, after lets stand`() async throws {
        _ = try await lab.openWithRun()
        let before = try lab.open(observer: Killer(before: true))
        await #expect(throws: Killed.self) { try await before.commit([note(1)]) }
        #expect(try before.lines(of: RunID(1), limit: 10).isEmpty)
        let after = try lab.open(observer: Killer(before: false))
        await #expect(throws: Killed.self) { try await after.commit([note(1)]) }
        #expect(try after.lines(of: RunID(1), limit: 10).count == 1)
    }

    @Test func `the observer sees batches in the order in which they became durable`() async throws
    {
        _ = try await lab.openWithRun()
        let witness = Witness()
        let store = try lab.open(observer: witness)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 1...50 { group.addTask { try await store.commit([note(index)]) } }
            try await group.waitForAll()
        }
        let written = try store.lines(of: RunID(1), limit: 100).map { note($0.note.ordinal) }
        #expect(witness.seen == written)
    }

    @Test func `killing at every commit leaves what was committed and no more`() async throws {
        for point in 0..<6 {
            for before in [true, false] {
                let lab = try Lab()
                _ = try await lab.openWithRun()
                let store = try lab.open(observer: Killer(before: before, skipping: point))
                var told = 0
                do {
                    for index in 1...6 {
                        try await store.commit([note(index)])
                        told = index
                    }
                } catch is Killed {}
                let kept = try lab.open().lines(of: RunID(1), limit: 100).count
                #expect(told == point)
                #expect(kept == (before ? point : point + 1))
            }
        }
    }
}

struct Killed: Error {}

/// Throws before or after a commit, from the `skipping`-th on: an engine that is dead stays dead.
final class Killer: CommitObserver {
    private let before: Bool
    private let skipping: Int
    private let count = Counter()

    init(before: Bool, skipping: Int = 0) {
        self.before = before
        self.skipping = skipping
    }

    func willCommit(_ changes: [Change]) throws {
        if before, count.next() >= skipping { throw Killed() }
    }

    func didCommit(_ changes: [Change]) throws {
        if !before, count.next() >= skipping { throw Killed() }
    }
}

final class Counter: @unchecked Sendable {
    // Unchecked: reached under the lock only.
    private let lock = NSLock()
    private var value = 0

    func next() -> Int {
        lock.withLock {
            defer { value += 1 }
            return value
        }
    }
}

final class Witness: CommitObserver, @unchecked Sendable {
    // Unchecked: the store calls one at a time, and the test reads after the last.
    var seen: [Change] = []

    func willCommit(_ changes: [Change]) {}
    func didCommit(_ changes: [Change]) { seen += changes }
}
