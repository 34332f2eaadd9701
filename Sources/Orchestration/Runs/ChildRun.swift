// A run that another one starts: checked as if a person asked for it, in the name, the scope and
// the priority of its parent, and inserted in the transaction of the call's intent. So whoever
// replays the call, or dies in it, finds the one child that there is.
import Model
import Store

struct ChildRun: Sendable {
    let call: PrimitiveCall

    private var store: Store { call.services.store }
    private var isAwaited: Bool { call.option("wait")?.boolean ?? true }

    /// The changes that begin the child. Raises what starting a run raises, `run.child_cycle` and
    /// `run.child_depth`.
    func opening() async throws -> [Change] {
        guard let starting = call.starting, let run = call.run else {
            throw Failure(.internalFault, "\(call.place): a child was started outside of a run")
        }
        let request = try request(of: run)
        let checked = try await starting.check(request)
        try store.lineage(of: run.id).requireRoom(for: checked.file.runbookName)
        var record = starting.record(of: request, checked, at: call.startedAt)
        record.parent = RunParent(place: call.place, isAwaited: isAwaited)
        record.sources = [checked.source]
        return [.sourceStored(checked.text), .runAdded(record)]
    }

    private func request(of run: RunRecord) throws -> RunRequest {
        var request = RunRequest(
            name: call.arguments["name"]?.text ?? "",
            kind: call.option("kind")?.text.flatMap(FailoverKind.init),
            direction: call.option("direction")?.text.flatMap(Direction.init),
            parameters: call.arguments["parameters"]?.object ?? [:], scope: call.scope,
            by: Person(name: call.by, roles: []),
            reason: call.option("reason")?.text ?? run.reason, priority: run.priority,
            seed: RunSeed.derived(from: run.randomSeed, call.key))
        request.act = PlanAct(call.arguments["options"] ?? .null)
        return request
    }

    /// What the call returns: the number of the child, or what the child returned when it is waited
    /// for.
    func arrival() throws -> Primitive.Arrival {
        guard let child = try store.child(at: call.place) else {
            throw Failure(.internalFault, "\(call.place): the child was never started")
        }
        return isAwaited ? try store.arrival(of: child) : .value(.integer(child.number))
    }

    func abandoning(_ reason: Failure) throws -> [Change] {
        guard isAwaited, let child = try store.child(at: call.place) else { return [] }
        return [try store.abort(of: child, for: reason, in: call)]
    }
}

/// Children that are waited for after they were started.
struct AwaitedChildren: Sendable {
    let call: PrimitiveCall

    private var store: Store { call.services.store }

    private var given: [RunID] {
        let children = call.arguments["children"] ?? .null
        return (children.list ?? [children]).compactMap { $0.integer.map { RunID($0) } }
    }

    /// Raises `run.child_unknown` for a run that this one did not start.
    func opening() throws -> [Change] {
        let own = Set(try store.children(of: call.place.run))
        if let stranger = given.first(where: { !own.contains($0) }) {
            let list = own.sorted().map(\.description).joined(separator: ", ")
            throw Failure(
                .childUnknown,
                "run \(call.place.run) cannot wait for run \(stranger), which it did not start"
                    + (own.isEmpty ? "; it has started none" : "; it has started \(list)"),
                context: ["run": stranger.description])
        }
        return given.map { .childAwaited($0) }
    }

    /// What each returned, in the order they were given, once all have ended.
    func arrival() throws -> Primitive.Arrival {
        let ended = try given.allSatisfy { child in
            try store.run(store.lastSuccessor(of: child)).state.isFinal
        }
        guard ended else { return .pending(until: nil) }
        let values = try given.map { child -> Value in
            guard case .value(let value) = try store.arrival(of: child) else { return .null }
            return value
        }
        return .value(call.arguments["children"]?.list == nil ? values[0] : .list(values))
    }

    func abandoning(_ reason: Failure) throws -> [Change] {
        try given.map { try store.abort(of: $0, for: reason, in: call) }
    }
}

extension Store {
    /// What a child that has ended returned. Raises `run.child_failed` when it failed.
    fileprivate func arrival(of child: RunID) throws -> Primitive.Arrival {
        let last = try run(lastSuccessor(of: child))
        switch last.state {
        case .completed: return .value(try returned(by: last.id) ?? .null)
        case .failed, .aborted, .stopped:
            let act = last.state == .failed ? "failed" : "was \(last.state.rawValue)"
            let reason = last.failure.map { ": \($0.message)" } ?? ""
            throw Failure(
                .childFailed, "run \(last.id) (\(last.name)) \(act)\(reason)",
                context: ["run": last.id.description, "name": last.name], cause: last.failure)
        case .queued, .running, .waiting, .suspended: return .pending(until: nil)
        }
    }

    fileprivate func abort(
        of child: RunID, for reason: Failure, in call: PrimitiveCall
    ) throws -> Change {
        .abortWished(
            try lastSuccessor(of: child),
            RunWishMade(
                by: reason.context["by"] ?? "run \(call.place.run)",
                reason: "run \(call.place.run) does not wait for it any more: \(reason.message)",
                at: call.services.clock.now))
    }
}
