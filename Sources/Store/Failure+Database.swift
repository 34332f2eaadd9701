// From SQLite's result codes to failures with names: full, busy, damaged, and what a trigger or a
// constraint refused.
import GRDB
import Model

extension Failure {
    /// What `error`, raised while working on the database at `path`, means to people.
    init(database error: any Error, at path: String) {
        guard let error = error as? DatabaseError else {
            self.init(error, as: .internalFault)
            return
        }
        let detail = error.message ?? "no message"
        let (code, message) = Self.meaning(of: error, detail, at: path)
        self.init(
            code, message,
            context: ["file": path, "sqlite": String(error.extendedResultCode.rawValue)],
            cause: Failure(code, detail))
    }

    private static func meaning(
        of error: DatabaseError, _ detail: String, at path: String
    ) -> (Code, String) {
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
            return (.storeDamaged, "\(path) is damaged; keep a copy and restore a backup")
        case .SQLITE_FULL:
            return (.storeFull, "there is no room for \(path) to grow; free space and go on")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return (.storeBusy, "another process keeps \(path) locked; end it or try again")
        case .SQLITE_CONSTRAINT where detail.hasPrefix("append-only"):
            return (.appendOnly, "\(path): what is there is kept for ever (\(detail))")
        case .SQLITE_CONSTRAINT:
            return (.storeConflict, "\(path): the records contradict each other (\(detail))")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return (.fileSystem, "\(path) cannot be opened for writing; mend its permissions")
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE:
            return (.storeFull, "there is no room for \(path) to grow; free space and go on")
        case .SQLITE_IOERR:
            return (.fileSystem, "the system failed to read or write \(path); look at the device")
        default:
            return (.internalFault, "\(path): \(detail)")
        }
    }

    init(unknown run: RunID) {
        self.init(
            .unknownName, "there is no run \(run); `muster runs` lists them",
            context: ["run": run.description])
    }

    init(tampered run: RunID, _ branch: Branch, _ finding: String) {
        self.init(
            .journalTampered,
            "the journal of run \(run), \(branch), is not what was written: \(finding); compare "
                + "muster.db with a backup",
            context: ["run": run.description, "branch": branch.path])
    }

    init(unknown question: QuestionID) {
        self.init(
            .unknownName, "there is no question \(question); `muster tasks` lists the open ones",
            context: ["question": question.description])
    }
}
