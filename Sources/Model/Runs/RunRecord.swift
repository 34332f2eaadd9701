// What the house knows of a run beside its journal: who wanted what, and how far it has come.

/// One run, as it stands in the store.
package struct RunRecord: Sendable, Equatable {
    package enum Kind: String, Sendable, Hashable, Codable {
        case plan, runbook
    }

    package var id: RunID
    package var kind: Kind
    /// The plan's or runbook's name: `management-stamp`.
    package var name: String
    /// The author's file, as the author knows it: `runbooks/management-stamp.lua`.
    package var file: String
    /// The parameters given at the start; an object.
    package var parameters: Value
    /// Which failover this is; nil for a runbook.
    package var failover: FailoverKind?
    /// Which way a plan is run.
    package var direction = Direction.forward
    /// The subscription whose objects the run may see; nil sees the whole house.
    package var scope: String?
    package var startedBy: String
    package var reason: String?
    package var state: RunState = .queued
    package var createdAt: Timestamp
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?
    /// The instant at which a waiting run wants to be woken, whatever else happens.
    package var wakeAt: Timestamp?
    /// Why it failed or was aborted.
    package var failure: Failure?
    /// Who wishes it to end after its cleaning up, to rest, or to end where it stands. The first
    /// wish of each kind stands; a suspension is gone once the run was resumed.
    package var abort: RunWishMade?
    package var suspension: RunWishMade?
    package var stop: RunWishMade?
    /// The version of the program that began the run; error texts are part of a script's world.
    package var runtimeVersion: String
    package var randomSeed: UInt64
    package var limits = RunLimits()
    package var priority = RunPriority.normal
    /// The call that started it; nil for a run that somebody started.
    package var parent: RunParent?
    /// The run it goes on from; nil for one that began by itself.
    package var continuation: RunContinuation?
    /// Every chunk of source the run has loaded, in the order of their modules' names.
    package var sources: [RunSource] = []

    package init(
        id: RunID, kind: Kind, name: String, file: String, parameters: Value = .object([:]),
        failover: FailoverKind? = nil, scope: String? = nil, startedBy: String,
        reason: String? = nil, createdAt: Timestamp, runtimeVersion: String, randomSeed: UInt64,
        sources: [RunSource] = []
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.file = file
        self.parameters = parameters
        self.failover = failover
        self.scope = scope
        self.startedBy = startedBy
        self.reason = reason
        self.createdAt = createdAt
        self.runtimeVersion = runtimeVersion
        self.randomSeed = randomSeed
        self.sources = sources
    }
}

extension RunRecord {
    /// The instant at which the run has used up its time; nil when it may take any.
    package var mustEndBy: Timestamp? {
        limits.time.flatMap { time in startedAt.map { $0 + time } }
    }
}

/// A chunk of source that a run has loaded: under which name, and what it said.
package struct RunSource: Sendable, Hashable {
    /// The name `require` knows; the run's own file under its path.
    package var module: String
    package var digest: Digest

    package init(module: String, digest: Digest) {
        self.module = module
        self.digest = digest
    }
}

/// A line of one of a run's streams. Its key is the branch and the ordinal, so that a replay, which
/// says everything again, writes nothing twice.
package struct RunNote: Sendable, Hashable {
    package enum Level: String, Sendable, Hashable, Codable {
        case output, progress, verbose, warning, error
        /// What a plan notes of itself for those who watch: no stream of the author's.
        case plan

        /// The levels that are streams.
        package static let streams: [Level] = [.output, .progress, .verbose, .warning, .error]
    }

    package var run: RunID
    package var branch: Branch
    /// Counts the notes of the branch from 1.
    package var ordinal: Int
    package var level: Level
    package var text: String
    package var at: Timestamp

    package init(
        run: RunID, branch: Branch = .main, ordinal: Int, level: Level, text: String, at: Timestamp
    ) {
        self.run = run
        self.branch = branch
        self.ordinal = ordinal
        self.level = level
        self.text = text
        self.at = at
    }
}
