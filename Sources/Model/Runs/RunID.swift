// How a run, a linear part of it, and one call in that part are named.

/// The number of a run, counted from 1 and never used twice in a lab: `17`.
package struct RunID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    /// Reads the number as a person types it; nil when `text` is not a number from 1.
    package init?(_ text: String) {
        guard let number = Int64(text), number > 0 else { return nil }
        self.number = number
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    package var description: String { String(number) }
}

/// A linear part of a run, with a journal sequence of its own: `group:databases/vm:sql01`.
/// What happens in parallel happens in different branches.
package struct Branch: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// The branch in which every run begins; its path is empty.
    package static let main = Branch("")

    /// The branch `name` that parts from this one; a name has the form `kind:which`.
    package func child(_ name: String) -> Branch {
        Branch(path.isEmpty ? name : "\(path)/\(name)")
    }

    package static func < (left: Self, right: Self) -> Bool { left.path < right.path }

    /// The path, and `main` for the main branch.
    package var description: String { path.isEmpty ? "main" : path }
}

/// One call of a primitive: the run, the branch, and the how-many-th call of that branch.
package struct JournalPlace: Sendable, Hashable, Codable, CustomStringConvertible {
    package var run: RunID
    package var branch: Branch
    /// Counts the calls of the branch from 1; a call's intent and its outcome share it.
    package var sequence: Int

    package init(run: RunID, branch: Branch = .main, sequence: Int) {
        self.run = run
        self.branch = branch
        self.sequence = sequence
    }

    package var description: String { "run \(run), \(branch), call \(sequence)" }
}
