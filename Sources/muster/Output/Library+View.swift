// The library's versions and what was put in force, as the commands show them.
import Model
import Orchestration

extension LibraryEntry {
    var view: Value {
        [
            "name": .text(name), "published": published.map { .integer(Int64($0)) } ?? .null,
            "draft": draft.map { .integer(Int64($0)) } ?? .null,
        ]
    }
}

extension LibraryVersion {
    var view: Value {
        [
            "name": .text(name), "version": .integer(Int64(number)),
            "digest": .text(digest.description), "scope": scope.map { .text($0) } ?? .null,
            "by": .text(by), "at": .text(at.description),
        ]
    }
}

extension Publication {
    var view: Value {
        [
            "name": .text(name), "version": .integer(Int64(version)),
            "rollback": .boolean(isRollback), "by": .text(by),
            "reason": reason.map { .text($0) } ?? .null, "at": .text(at.description),
        ]
    }
}
