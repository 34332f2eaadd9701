// The only door of the room: what the command, the HTTP API and the tests ask for. Whoever holds
// the lead executes runs; everybody may start, answer and wish, and rings the leader.
import Fabric
import LuaRuntime
import Model
import Replication
import Store

package struct Orchestrator: Sendable {
    package let services: Services
    package let catalogue: Catalogue
    /// What is in force.
    package let library: Library
    /// The version of the program, kept with each run.
    package let version: String
    /// Rings whoever leads and whoever watches.
    package let ring: @Sendable (Notice) -> Void

    package init(
        services: Services, catalogue: Catalogue = Catalogue(), library: Library, version: String,
        ring: @escaping @Sendable (Notice) -> Void
    ) {
        self.services = services
        self.catalogue = catalogue
        self.library = library.over(LibraryShelf(store: services.store))
        self.version = version
        self.ring = ring
    }

    private var store: Store { services.store }
    private var now: Timestamp { services.clock.now }
}

/// What somebody asks to be run.
package struct RunRequest: Sendable {
    /// A plan or runbook of the library: `web-shop`.
    package var name: String
    /// Which failover a plan performs; nil for a runbook.
    package var kind: FailoverKind?
    /// What a plan does with what was failed over, instead of a failover.
    package var act: PlanAct?
    package var direction: Direction
    package var parameters: [String: Value]
    /// The subscription whose machines may be touched; nil for the whole house.
    package var scope: String?
    package var by: Person
    package var reason: String?
    /// How it stands in the queue; nil: as its card says.
    package var priority: RunPriority?
    /// Which of the library's texts is run.
    package var edition = LibraryEdition.published
    /// Seeds the run's random numbers.
    package var seed: UInt64

    package init(
        name: String, kind: FailoverKind? = nil, direction: Direction? = nil,
        parameters: [String: Value] = [:], scope: String? = nil, by: Person,
        reason: String? = nil, priority: RunPriority? = nil, seed: UInt64
    ) {
        self.name = name
        self.kind = kind
        self.direction = direction ?? kind.map { Direction(of: $0) } ?? .forward
        self.parameters = parameters
        self.scope = scope
        self.by = by
        self.reason = reason
        self.priority = priority
        self.seed = seed
    }

    /// What a plan is asked for in one word; nil for a runbook.
    var planWord: String? { act?.kind.rawValue ?? kind?.rawValue }
}

// MARK: Looking

extension Orchestrator {
    /// What a file of the library is; raises what loading it raises.
    package func inspect(_ name: String, scope: String? = nil) async throws
        -> CardInspection.Subject
    {
        try await inspection(scope).read(try library.file(name))
    }

    package func inspection(_ scope: String? = nil) -> CardInspection {
        CardInspection(services: services, catalogue: catalogue, library: library, scope: scope)
    }

    package var directory: MachineDirectory { MachineDirectory(services: services) }

    var starting: RunStarting {
        RunStarting(
            services: services, catalogue: catalogue, library: library, version: version)
    }

    /// Everything that can be said of a request before it is written down.
    func check(_ request: RunRequest) async throws { _ = try await starting.check(request) }
}

// MARK: Starting

extension Orchestrator {
    /// Writes a run down, with the decision behind it (F-5), and returns its number. It begins when
    /// the leader executes it.
    ///
    /// Raises `run.source_missing`, `library.unreadable`, what loading the card raises, what an
    /// asset that the card needs raises, `run.parameter_invalid`, and
    /// `usage.invalid` for a plan without a kind or a runbook with one; `scope.refused` when the
    /// person lacks a right that the plan's failover asks for (F-9), or is a tenant's and asks for
    /// another scope (S-4). What `adding` makes is written
    /// with the run, or not at all.
    package func start(
        _ request: RunRequest, under lease: LeaseToken? = nil,
        adding changes: (RunID) -> [Change] = { _ in [] }
    ) async throws -> RunID {
        let request = try await bound(request)
        let checked = try await starting.check(request)
        let id = try await store.commitRun(under: lease) { id in
            var record = starting.record(of: request, checked, at: now)
            record.id = id
            let used = checked.edition.map { [Change.editionUsed(id, $0)] } ?? []
            return [.runInserted(record)] + checked.file.pinning(to: id) + used + changes(id) + [
                decided(
                    request.act(checked.edition), by: request.by.name, reason: request.reason,
                    run: id)
            ]
        }
        ring(Notice(.runQueued, run: id))
        return id
    }

    /// What somebody decides now, for the record that is kept for ever.
    func decided(
        _ act: String, by name: String, reason: String? = nil, run: RunID? = nil
    ) -> Change {
        .decided(
            Decision(who: name, what: act, reason: reason, at: services.clock.now, run: run))
    }
}

extension RunRequest {
    /// The act in words, for the record of decisions: `run drill (draft, version 3)`.
    fileprivate func act(_ edition: RunEdition?) -> String {
        let plain = "\(planWord ?? "run") \(name)"
        let version = edition.map { " (\($0.isDraft ? "draft, " : "")version \($0.version))" }
        return plain + (version ?? "")
    }
}
