// Damaged files and full disks: a named failure, nothing lost, and work goes on when there is room
// again.
import Foundation
import GRDB
import Model
import Testing

@testable import Store

@Suite struct DamageTests {
    let lab: Lab

    init() throws { lab = try Lab() }

    /// A closed database of a few hundred pages.
    private func fill() async throws {
        let store = try await lab.openWithRun()
        let text = String(repeating: "x", count: 900)
        try await store.commit(
            (1...600).map { ordinal in
                .noted(
                    RunNote(
                        run: RunID(1), ordinal: ordinal, level: .output, text: text, at: .second(1))
                )
            })
        try await store.queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }

    private func overwrite(at offset: UInt64, with bytes: [UInt8]) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: lab.database))
        defer { try? file.close() }
        try file.seek(toOffset: offset)
        try file.write(contentsOf: bytes)
    }

    @Test func `a file that is no database is damaged`() throws {
        try String(repeating: "not a database ", count: 1000)
            .write(toFile: lab.database, atomically: true, encoding: .utf8)
        #expect { try lab.open() } throws: { Failure.isOf(.storeDamaged)($0) }
    }

    @Test func `an overwritten header is damaged`() async throws {
        try await fill()
        try overwrite(at: 0, with: Array("broken header...".utf8))
        #expect { try lab.open() } throws: { Failure.isOf(.storeDamaged)($0) }
    }

    @Test(arguments: [1000, 4096 * 3, 4096 * 50 + 17] as [UInt64])
    func `a truncated file is damaged`(length: UInt64) async throws {
        try await fill()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: lab.database))
        try file.truncate(atOffset: length)
        try file.close()
        #expect { try lab.open() } throws: { Failure.isOf(.storeDamaged)($0) }
    }

    @Test func `a flipped page is damaged, and the message names the file`() async throws {
        try await fill()
        try overwrite(at: 4096 * 40, with: [UInt8](repeating: 0xA5, count: 4096))
        #expect { try lab.open() } throws: { error in
            Failure.isOf(.storeDamaged)(error) && "\(error)".contains(lab.database)
        }
    }

    @Test func `a page flipped under an open store is found by the check and by reading`()
        async throws
    {
        try await fill()
        let store = try lab.open()
        try overwrite(at: 4096 * 100, with: [UInt8](repeating: 0xA5, count: 4096))
        #expect { try store.check() } throws: { Failure.isOf(.storeDamaged)($0) }
        #expect {
            try store.lines(of: RunID(1), limit: 1000)
        } throws: { Failure.isOf(.storeDamaged)($0) }
    }

    @Test func `on a full disk the batch fails alone and a later one works`() async throws {
        let store = try await lab.openWithRun()
        let text = String(repeating: "x", count: 100_000)
        func note(_ ordinal: Int, _ text: String) -> Change {
            .noted(
                RunNote(
                    run: RunID(1), ordinal: ordinal, level: .output, text: text, at: .second(1)))
        }
        try await limitPages(of: store, to: 60)
        await #expect {
            try await store.commit((1...9).map { note($0, text) })
        } throws: { Failure.isOf(.storeFull)($0) }
        #expect(try store.lines(of: RunID(1), limit: 10).isEmpty)
        try await store.commit([note(1, "small")])
        try await limitPages(of: store, to: 100_000)
        try await store.commit((2...9).map { note($0, text) })
        #expect(try store.lines(of: RunID(1), limit: 10).count == 9)
        try store.check()
    }

    @Test func `on a full disk calls that come together each learn what became of theirs`()
        async throws
    {
        let store = try await lab.openWithRun()
        let text = String(repeating: "x", count: 20_000)
        try await limitPages(of: store, to: 120)
        let stored = try await withThrowingTaskGroup(of: Int?.self) { group in
            for ordinal in 1...100 {
                group.addTask {
                    let note = RunNote(
                        run: RunID(1), ordinal: ordinal, level: .output, text: text, at: .second(1))
                    do {
                        try await store.commit([.noted(note)])
                        return ordinal
                    } catch let failure as Failure where failure.code == .storeFull {
                        return nil
                    }
                }
            }
            return try await group.compactMap { $0 }.reduce(into: []) { $0.append($1) }
        }
        let kept = try store.lines(of: RunID(1), limit: 1000).map(\.note.ordinal)
        #expect(kept.sorted() == stored.sorted())
        #expect(!kept.isEmpty && kept.count < 100)
    }

    private func limitPages(of store: Store, to pages: Int) async throws {
        try await store.queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
    }
}
