// Finds subscriptions: those that machines bear, at any site that answers, and those that something
// was agreed with.
import Fabric
import Model
import Replication
import Store

package struct SubscriptionDirectory: Sendable {
    let services: Services

    package init(services: Services) { self.services = services }

    /// All within the scope, in the order of their names.
    package func subscriptions(scope: String? = nil) async throws -> [Subscription] {
        let agreed = try services.store.subscriptions()
        let borne = try await services.fabric.reachableMachines().compactMap(\.subscription)
        let known = Set(agreed.map(\.name))
        return (agreed + Set(borne).subtracting(known).map { Subscription(name: $0) })
            .filter { scope == nil || $0.name == scope }
            .sorted { $0.name < $1.name }
    }

    /// The same for a person, who may be a tenant's.
    package func subscription(_ name: String, for person: Person) async throws -> Subscription {
        try person.require(name, of: "the subscription '\(name)'")
        return try await subscription(name)
    }

    /// Raises `scope.refused`, and `name.unknown` with the nearest spelling.
    package func subscription(
        _ name: String, scope: String? = nil
    ) async throws -> Subscription {
        guard scope == nil || scope == name else {
            throw Failure(
                .refused,
                "this run belongs to \(scope ?? "") and may not touch the subscription '\(name)'",
                context: ["subscription": name, "scope": scope ?? ""])
        }
        let all = try await subscriptions()
        guard let found = all.first(where: { $0.name == name }) else {
            throw Failure(
                .unknownName,
                "no machine belongs to a subscription '\(name)'"
                    + Spelling.hint(for: name, among: all.map(\.name)),
                context: ["subscription": name])
        }
        return found
    }
}
