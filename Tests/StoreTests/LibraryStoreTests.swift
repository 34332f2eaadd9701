// The library in the store: versions never change, a draft is one of them, and the last publication
// of a name says what is in force.
import GRDB
import Model
import Testing

@testable import Store

@Suite struct LibraryStoreTests {
    private func version(_ number: Int, _ text: String, name: String = "drill") -> LibraryVersion {
        LibraryVersion(
            name: name, number: number, digest: Digest(of: text), by: "eva", at: .second(number))
    }

    private func publication(_ number: Int, back: Bool = false) -> Publication {
        Publication(
            name: "drill", version: number, isRollback: back, by: "eva", reason: "why",
            at: .second(number))
    }

    private func imported(_ number: Int, _ text: String) -> [Change] {
        [
            .sourceStored(text), .versionImported(version(number, text)),
            .draftSet("drill", number),
        ]
    }

    @Test func `B-7: a draft is put in force, and an earlier version again`() async throws {
        let lab = try Lab()
        let store = try lab.open()
        #expect(try store.libraryEntry("drill") == nil)
        try await store.commit(imported(1, "one"))
        #expect(
            try store.libraryEntry("drill")
                == LibraryEntry(name: "drill", published: nil, draft: 1))
        try await store.commit([.published(publication(1))])
        try await store.commit(imported(2, "two"))
        try await store.commit([.published(publication(2))])
        try await store.commit(imported(3, "three"))
        try await store.commit([.published(publication(1, back: true))])
        let standing = LibraryEntry(name: "drill", published: 1, draft: 3)
        #expect(try store.libraryEntry("drill") == standing)
        #expect(try store.libraryEntries() == [standing])
        #expect(try store.libraryVersions(of: "drill").map(\.number) == [3, 2, 1])
        #expect(try store.libraryVersion("drill", 2) == version(2, "two"))
        #expect(
            try store.publications(of: "drill")
                == [publication(1, back: true), publication(2), publication(1)])
        try await store.commit([.draftSet("drill", nil)])
        #expect(try store.libraryEntry("drill")?.draft == nil)
    }

    @Test func `B-7: of two imports at once the second is refused, and leaves nothing`()
        async throws
    {
        let lab = try Lab()
        let store = try lab.open()
        try await store.commit(imported(1, "one"))
        await #expect(
            performing: { try await store.commit(imported(1, "other")) },
            throws: Failure.isOf(.storeConflict))
        #expect(try store.source(Digest(of: "other")) == nil)
        await #expect(
            performing: { try await store.commit([.published(publication(9))]) },
            throws: Failure.isOf(.storeConflict))
    }

    @Test func `B-7: versions and publications are kept for ever`() async throws {
        let lab = try Lab()
        let store = try lab.open()
        try await store.commit(imported(1, "one") + [.published(publication(1))])
        for statement in [
            "UPDATE library_version SET by = 'x'", "DELETE FROM library_version",
            "UPDATE library_publication SET version = 2", "DELETE FROM library_publication",
        ] {
            #expect(throws: (any Error).self, "\(statement)") {
                try store.queue.writeWithoutTransaction { try $0.execute(sql: statement) }
            }
        }
    }

    @Test func `B-7: a run knows the version it was started with`() async throws {
        let lab = try Lab()
        let store = try await lab.openWithRun()
        #expect(try store.edition(of: RunID(1)) == nil)
        let edition = RunEdition(version: 3, isDraft: true)
        try await store.commit([.editionUsed(RunID(1), edition)])
        #expect(try store.edition(of: RunID(1)) == edition)
    }
}
