// A tenant's people at the door (S-4): what they start is their tenant's, what is another's they do
// not touch, and that they tried is kept. The agreement and the owner of a machine stand at the
// recovery side too, so that all of this holds when the primary is gone.
import Fabric
import Model
import Replication
import Store

extension Orchestrator {
    /// Does `check`; that it refuses is kept for the auditor before it is told.
    package func admitting<Result>(
        _ person: Person, run: RunID? = nil, _ check: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await check()
        } catch let failure as Failure where failure.code == .refused {
            let record: Value = [
                "by": .text(person.name), "scope": person.tenant.map { .text($0) } ?? .null,
                "reason": .text(failure.message),
            ]
            try await services.store.commit([
                .recorded(
                    Event(
                        topic: failure.code.name, run: run, record: record.canonicalJSON,
                        at: services.clock.now))
            ])
            throw failure
        }
    }

    /// Raises `scope.refused` for a tenant's person.
    package func requireHouse(_ person: Person, for act: String) async throws {
        try await admitting(person) { try person.requireHouse(for: act) }
    }

    /// Raises `scope.refused` for a machine that is not the tenant's, by its replica when its site
    /// is gone, and `name.unknown`. `key` is the machine's name, or a protection's.
    package func requireOwn(_ key: String, by person: Person) async throws {
        guard let tenant = person.tenant else { return }
        _ = try await admitting(person) {
            try await directory.memberMachine(
                named: .text(Protection.vm(ofKey: key)), scope: tenant)
        }
    }

    /// The request in the scope in which the person may start it.
    func bound(_ request: RunRequest) async throws -> RunRequest {
        let (person, wanted) = (request.by, request.scope)
        var request = request
        request.scope = try await admitting(person) {
            try person.scope(wanted: wanted)
        }
        return request
    }

    func requireTouch(_ id: RunID, by person: Person, as what: String) async throws {
        guard person.tenant != nil else { return }
        let owner = try services.store.run(id).scope
        try await admitting(person, run: id) { try person.require(owner, of: what) }
    }
}
