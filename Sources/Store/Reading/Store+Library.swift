// Reading the library: what is in force, what is a draft, and what was.
import GRDB
import Model

extension Store {
    /// Every name with its versions in force and in draft, in the order of the names.
    package func libraryEntries() throws -> [LibraryEntry] {
        try read { db in
            try db.all(
                """
                SELECT name,
                    (SELECT version FROM library_publication AS p WHERE p.name = v.name
                        ORDER BY number DESC LIMIT 1),
                    (SELECT version FROM library_draft AS d WHERE d.name = v.name)
                FROM (SELECT DISTINCT name FROM library_version) AS v ORDER BY name
                """, read: Self.entry)
        }
    }

    /// How one name stands; nil when the library does not know it. Asked at every look for a text.
    package func libraryEntry(_ name: String) throws -> LibraryEntry? {
        try read { db in
            try db.first(
                """
                SELECT ?1,
                    (SELECT version FROM library_publication WHERE name = ?1
                        ORDER BY number DESC LIMIT 1),
                    (SELECT version FROM library_draft WHERE name = ?1)
                WHERE EXISTS (SELECT 1 FROM library_version WHERE name = ?1)
                """, .text(name), read: Self.entry)
        }
    }

    /// Every version of a name, newest first.
    package func libraryVersions(of name: String) throws -> [LibraryVersion] {
        try read { db in
            try db.all(
                """
                SELECT name, number, digest, scope, by, at FROM library_version
                WHERE name = ? ORDER BY number DESC
                """, .text(name), read: Self.version)
        }
    }

    package func libraryVersion(_ name: String, _ number: Int) throws -> LibraryVersion? {
        try read { db in
            try db.first(
                """
                SELECT name, number, digest, scope, by, at FROM library_version
                WHERE name = ? AND number = ?
                """, .text(name), .integer(number), read: Self.version)
        }
    }

    /// What was put in force of a name, newest first.
    package func publications(of name: String) throws -> [Publication] {
        try read { db in
            try db.all(
                """
                SELECT name, version, is_rollback, by, reason, at FROM library_publication
                WHERE name = ? ORDER BY number DESC
                """, .text(name)
            ) { row in
                Publication(
                    name: row.text(0), version: Int(row.integer(1)),
                    isRollback: row.integer(2) != 0, by: row.text(3), reason: row.text(ifAny: 4),
                    at: Timestamp(microseconds: row.integer(5)))
            }
        }
    }

    /// The version a run was started with; nil for one whose text is of the folder.
    package func edition(of run: RunID) throws -> RunEdition? {
        try read { db in
            try db.first(
                "SELECT version, is_draft FROM run_edition WHERE run = ?", .run(run)
            ) { row in
                RunEdition(version: Int(row.integer(0)), isDraft: row.integer(1) != 0)
            }
        }
    }

    private static func entry(_ row: SQLRow) -> LibraryEntry {
        LibraryEntry(
            name: row.text(0), published: row.isNull(1) ? nil : Int(row.integer(1)),
            draft: row.isNull(2) ? nil : Int(row.integer(2)))
    }

    private static func version(_ row: SQLRow) throws -> LibraryVersion {
        guard let digest = Digest(row.text(2)) else {
            throw Failure(.storeDamaged, "no version wrote the digest '\(row.text(2))'")
        }
        return LibraryVersion(
            name: row.text(0), number: Int(row.integer(1)), digest: digest,
            scope: row.text(ifAny: 3), by: row.text(4),
            at: Timestamp(microseconds: row.integer(5)))
    }
}
