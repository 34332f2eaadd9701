// The library's versions, drafts and publications.
import GRDB
import Model

extension ChangeWriter {
    func applyToLibrary(_ change: Change) throws {
        switch change {
        case .versionImported(let version): try insert(version)
        case .draftSet(let name, let version): try setDraft(of: name, version)
        case .published(let publication): try append(publication)
        case .editionUsed(let run, let edition):
            try db.run(
                "INSERT INTO run_edition (run, version, is_draft) VALUES (?, ?, ?)", .run(run),
                .integer(edition.version), .integer(edition.isDraft ? 1 : 0))
        default: preconditionFailure("not a change to the library: \(change)")
        }
    }

    private func insert(_ version: LibraryVersion) throws {
        try db.run(
            """
            INSERT INTO library_version (name, number, digest, scope, by, at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            .text(version.name), .integer(version.number), .text(version.digest.description),
            .text(orNull: version.scope), .text(version.by), .at(version.at))
    }

    private func setDraft(of name: String, _ version: Int?) throws {
        guard let version else {
            try db.run("DELETE FROM library_draft WHERE name = ?", .text(name))
            return
        }
        try db.run(
            """
            INSERT INTO library_draft (name, version) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET version = excluded.version
            """, .text(name), .integer(version))
    }

    /// The version is in force from now on; it is no draft any more.
    private func append(_ publication: Publication) throws {
        try db.run(
            """
            INSERT INTO library_publication (name, version, is_rollback, by, reason, at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            .text(publication.name), .integer(publication.version),
            .integer(publication.isRollback ? 1 : 0), .text(publication.by),
            .text(orNull: publication.reason), .at(publication.at))
        try db.run(
            "DELETE FROM library_draft WHERE name = ? AND version = ?", .text(publication.name),
            .integer(publication.version))
    }
}
