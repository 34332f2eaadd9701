// How runs belong to each other: a child is started by a call of its parent, and a run that
// continues as another ends with the insertion of its successor. Scope, rights, starter and
// priority are inherited along both, never widened.

/// The call that started a child.
package struct RunParent: Sendable, Hashable {
    package var place: JournalPlace
    /// Whether the parent waits for the child: it is woken at its end, and takes it along when it
    /// is aborted.
    package var isAwaited: Bool

    package init(place: JournalPlace, isAwaited: Bool) {
        self.place = place
        self.isAwaited = isAwaited
    }
}

/// The run that a run goes on from, and the first one of them all.
package struct RunContinuation: Sendable, Hashable {
    package var predecessor: RunID
    package var origin: RunID

    package init(predecessor: RunID, origin: RunID) {
        self.predecessor = predecessor
        self.origin = origin
    }
}

/// A run and those above it: whose child it is, whose child that one is, and so on.
package struct RunLineage: Sendable, Hashable {
    /// Names of plans and runbooks, the first one's first; what continued is named once.
    package var names: [String]

    package init(names: [String]) { self.names = names }

    /// Raises `run.child_cycle`, which names the chain in its order, when a run of that name is
    /// among them, and `run.child_depth` when there is no room for one more.
    package func requireRoom(for name: String) throws(Failure) {
        guard !names.contains(name) else {
            let chain = (names + [name]).joined(separator: " → ")
            throw Failure(
                .childCycle,
                "'\(name)' cannot be started here, for it is above itself: \(chain). A loop is "
                    + "written with job.continue_as", context: ["chain": chain])
        }
        guard names.count <= Limits.childDepthMax else {
            throw Failure(
                .childDepth,
                "'\(name)' would be \(names.count) deep, and children go \(Limits.childDepthMax) "
                    + "deep at most: \(names.joined(separator: " → "))")
        }
    }
}
