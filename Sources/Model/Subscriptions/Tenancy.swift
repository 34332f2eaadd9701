// A person may be a tenant's: he sees and touches what is his tenant's and nothing else, wherever
// he asks (S-4). Pure: what things are whose is found out by whoever asks here.

extension Person {
    /// Whether what belongs to `owner`, to the house when nil, is this person's to see and touch.
    package func mayTouch(_ owner: String?) -> Bool { tenant == nil || tenant == owner }

    /// Raises `scope.refused` for what belongs to another; `what` names it: `run 12`.
    package func require(_ owner: String?, of what: String) throws(Failure) {
        if mayTouch(owner) { return }
        throw refusal("may not see or touch \(what), which is not \(tenant ?? "")'s", of: what)
    }

    /// Raises `scope.refused` for a tenant's person: the act is the house's.
    package func requireHouse(for act: String) throws(Failure) {
        if tenant == nil { return }
        throw refusal("may not do what the house does: \(act)", of: act)
    }

    /// The scope of a run that this person starts: a tenant's person needs not say his own. Raises
    /// `scope.refused` for another.
    package func scope(wanted: String?) throws(Failure) -> String? {
        guard let tenant else { return wanted }
        guard wanted == nil || wanted == tenant else {
            throw refusal("may not start a run of \(wanted ?? "")", of: wanted ?? "")
        }
        return tenant
    }

    private func refusal(_ text: String, of what: String) -> Failure {
        Failure(
            .refused, "\(name) belongs to \(tenant ?? "") and \(text); ask somebody of the house",
            context: ["by": name, "scope": tenant ?? "", "what": what])
    }
}
