// Who may do which part of a failover (F-9). Each is a right of its own; where nobody has said who
// holds rights, everybody may do everything.

package enum FailoverRight: String, Sendable, Hashable, CaseIterable {
    case test, planned, unplanned, complete, reverse

    /// The right that a failover kind asks for; going back is planned.
    package init(of kind: FailoverKind) {
        switch kind {
        case .test: self = .test
        case .planned, .failback: self = .planned
        case .unplanned: self = .unplanned
        }
    }
}

package struct Rights: Sendable, Hashable {
    /// The roles of each person.
    package var people: [String: Set<String>]
    /// The subscription of each person that is a tenant's.
    package var tenants: [String: String]
    /// What a person or a role may do, by its name; nil when nobody has said.
    package var held: [String: Set<FailoverRight>]?

    package init(
        people: [String: Set<String>] = [:], tenants: [String: String] = [:],
        held: [String: Set<FailoverRight>]? = nil
    ) {
        self.people = people
        self.tenants = tenants
        self.held = held
    }

    /// The person of that name with his roles. Raises `name.unknown` for one that is not listed.
    package func person(named name: String) throws(Failure) -> Person {
        guard people[name] != nil else {
            let hint = Spelling.hint(for: name, among: people.keys)
            throw Failure(.unknownName, "muster.lua knows no person '\(name)'\(hint)")
        }
        return known(name)
    }

    /// Somebody of that name, with what is said of him here.
    package func known(_ name: String) -> Person {
        Person(name: name, roles: people[name] ?? [], tenant: tenants[name])
    }

    /// What a person may do: by name, and by every role.
    package func rights(of person: String) -> Set<FailoverRight> {
        guard let held else { return Set(FailoverRight.allCases) }
        return (people[person] ?? []).union([person])
            .reduce(into: []) { $0.formUnion(held[$1] ?? []) }
    }

    /// Raises `scope.refused`, which names the first right that `person` lacks.
    package func require(_ rights: [FailoverRight], of person: String) throws(Failure) {
        let own = self.rights(of: person)
        guard let missing = rights.first(where: { !own.contains($0) }) else { return }
        let has = FailoverRight.allCases.filter(own.contains).map(\.rawValue)
        throw Failure(
            .refused,
            "\(person) lacks the right '\(missing.rawValue)' "
                + "(has: \(has.isEmpty ? "none" : has.joined(separator: ", "))); whoever has it "
                + "can start this, or `rights` in muster.lua can give it",
            context: ["by": person, "right": missing.rawValue])
    }
}
