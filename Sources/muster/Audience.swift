// Whom a command is for. A command is the house's unless it says that it keeps each tenant to his
// own: a new one that forgets to say anything is refused to tenants' people, not open to them
// (S-4).
import Model
import Orchestration

enum Audience {
    case house
    /// It shows and touches what is the tenant's only.
    case tenants
}

extension Composition {
    /// The names of the machines that the person who typed the command sees; nil for all.
    func ownNames() async throws -> Set<String>? {
        guard let tenant = actor.tenant else { return nil }
        return Set(
            try await orchestrator.directory.views(scope: tenant).map(\.machine.id.name))
    }

    /// The protection of a machine that the person who typed the command may touch.
    func requireOwnProtected(_ key: String) async throws -> Protection {
        try await orchestrator.requireOwn(key, by: actor)
        return try await requireProtected(key)
    }
}
