// Which runs may use an asset. A run without a tenant is the house's own and may use all, as it may
// touch all machines.

package struct AssetScope: Sendable, Hashable, Codable {
    /// Patterns of runbooks' names; none means every runbook.
    package var runbooks: [String]
    /// Tenants, `*` for all of them; none means the house alone.
    package var tenants: [String]

    package init(runbooks: [String] = [], tenants: [String] = []) {
        self.runbooks = runbooks
        self.tenants = tenants
    }

    /// Whether a run of that runbook, of that tenant or the house's, may use the asset.
    package func admits(runbook: String, tenant: String?) -> Bool {
        guard runbooks.isEmpty || runbooks.contains(where: { Self.matches(runbook, $0) }) else {
            return false
        }
        return admits(tenant: tenant)
    }

    /// Whether some run of that tenant, or the house's, may use the asset.
    package func admits(tenant: String?) -> Bool {
        guard let tenant else { return true }
        return tenants.contains { $0 == "*" || $0 == tenant }
    }

    /// Whether `name` is of the form of `pattern`, in which `*` stands for anything.
    package static func matches(_ name: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1, let head = parts.first, let tail = parts.last else {
            return name == pattern
        }
        guard name.hasPrefix(head), name.count >= head.count + tail.count, name.hasSuffix(tail)
        else { return false }
        var rest = name.dropFirst(head.count).dropLast(tail.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }

    /// The scope in a person's words.
    package var text: String {
        let which = runbooks.isEmpty ? "every runbook" : runbooks.joined(separator: ", ")
        return tenants.isEmpty ? which : "\(which) of \(tenants.joined(separator: ", "))"
    }
}
