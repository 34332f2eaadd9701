// Consistency groups: machines cut at one instant, so that a point common to all of them can be
// chosen. A common point is never written down as such: it is what every member's record holds by
// itself, and a group cycle that died half way has none.
import Fabric
import Model

extension ReplicationEngine {
    /// Puts a machine into a consistency group, or takes it out (nil).
    package func setGroup(
        _ group: String?, of vm: String, operation: String? = nil
    ) async throws -> Protection {
        try await perform(vm, operation) { protection in
            let changed = try protection.joining(group)
            return try await save(changed, after: nil, verb: "setGroup", operation: operation)
        }
    }

    /// The points that all members of a group have, oldest first: each can be chosen member by
    /// member in an unplanned or test failover. Raises `name.unknown`.
    package func commonPoints(of group: String) async throws -> [CommonPoint] {
        try await members(of: group).commonPoints
    }

    /// One cycle of all members, cut at one instant. Returns the common point.
    ///
    /// Nothing is cut unless all can be. When a member's blocks do not arrive the others' do, that
    /// member is in `error` as after any cycle, and the instant is common to nobody. Raises
    /// `name.unknown`, `replication.transition_refused` with the member's name,
    /// `fabric.hold_failed`, and the first failure of a member.
    package func cycle(
        group: String, kind: RecoveryPoint.Kind = .standard, operation: String? = nil
    ) async throws -> CommonPoint {
        let names = try await members(of: group).map(\.vm)
        for name in names { await turns.take(name) }
        do {
            let point = try await cycle(turnsTaken: group, names, kind, operation)
            for name in names { await turns.give(name) }
            return point
        } catch {
            for name in names { await turns.give(name) }
            throw error
        }
    }

    /// In the order of their names: whoever takes several turns takes them in this order.
    private func members(of group: String) async throws -> [Protection] {
        let all = try await ledger.summaries()
        var members: [Protection] = []
        for summary in all where summary.group == group {
            if let member = try await ledger.protection(of: summary.key) { members.append(member) }
        }
        guard members.isEmpty else { return members }
        let groups = Set(all.compactMap(\.group)).sorted()
        throw Failure.unknown("consistency group", group, among: groups)
    }

    private func cycle(
        turnsTaken group: String, _ names: [String], _ kind: RecoveryPoint.Kind,
        _ operation: String?
    ) async throws -> CommonPoint {
        // Who joined since is in the next cycle; who left is not in this one.
        var members = try await members(of: group).filter { names.contains($0.vm) }
        if let done = members.commonPoint(doneUnder: operation) { return done }
        for member in members { try member.requireCycle() }
        for index in members.indices { members[index] = try await ready(members[index]) }
        let requests = members.map { member in
            var request = CycleRequest(
                everything: member.state == .resyncing, verb: "groupCycle", operation: operation)
            request.kind = kind
            return request
        }
        let cuts = try await cut(members, requests, group)
        var failures: [Failure] = []
        for (member, (cut, request)) in zip(members, zip(cuts, requests)) {
            do {
                _ = try await noting(member.vm) { try await finish(member, cut, request) }
            } catch { failures.append(Failure(error, as: .fileSystem)) }
        }
        if let failure = failures.first { throw failure }
        let common = try await self.members(of: group).filter { names.contains($0.vm) }.commonPoints
        guard let point = common.last else {
            preconditionFailure("all members have just got the point")
        }
        return point
    }

    /// A member settled, and on its way to a resync where one is due.
    private func ready(_ member: Protection) async throws -> Protection {
        try await noting(member.vm) {
            try await checkAdmission(member)
            var member = try await settle(member)
            if member.state == .waitingForResync {
                member = try await save(member, after: .resyncStarted)
            }
            return member
        }
    }

    /// All at rest, all held, all cut, all released, all thawed: in this order, whatever fails.
    private func cut(
        _ members: [Protection], _ requests: [CycleRequest], _ group: String
    ) async throws -> [OpenCut] {
        var sources: [any ChangeSource] = []
        for member in members {
            sources.append(try await fabric.changeSource(of: member.primary))
        }
        let rests = await bringToRest(members, requests)
        let instant = GroupInstant(
            group: group, cutAt: max(clock.now, members.latestInstant + .microseconds(1)))
        let cut: [Cut]
        do {
            cut = try await blocking { [sources] in try sources.cutAtOnce(requests) }
        } catch {
            for rest in rests { await rest.holder?.thaw() }
            throw error
        }
        var marks: [CutMark] = []
        for rest in rests {
            var mark = CutMark(cutAt: instant.cutAt)
            await rest.end(&mark)
            marks.append(mark)
        }
        return marks.together(at: instant).enumerated().map { number, mark in
            OpenCut(source: sources[number], cut: cut[number], mark: mark)
        }
    }

    /// Side by side: the first must not be held while the last is waited for.
    private func bringToRest(
        _ members: [Protection], _ requests: [CycleRequest]
    ) async -> [Rest] {
        // A point of the group is consistent if all are: one that is due makes all due.
        let isDue = members.contains { $0.consistency.isDue(at: clock.now) }
        return await withTaskGroup(of: (Int, Rest).self) { tasks in
            for (number, member) in members.enumerated() {
                var request = requests[number]
                if isDue { request.kind = .appConsistent }
                tasks.addTask { [request] in (number, await self.bringToRest(member, request)) }
            }
            var rests = members.map { _ in Rest() }
            for await (number, rest) in tasks { rests[number] = rest }
            return rests
        }
    }
}

extension [any ChangeSource] {
    /// The instant: between the last hold and the first release no guest writes. What was cut when
    /// another could not be counts as failed.
    fileprivate func cutAtOnce(_ requests: [CycleRequest]) throws -> [Cut] {
        defer { for source in self { source.release() } }
        for source in self { try source.hold() }
        var cuts: [Cut] = []
        do {
            for (source, request) in zip(self, requests) {
                cuts.append(try source.cut(everything: request.everything))
            }
            return cuts
        } catch {
            // The next cut takes up what cannot be noted as failed; the first error is to be told.
            for (source, cut) in zip(self, cuts) { try? source.fail(cut.token) }
            throw error
        }
    }
}

extension [CutMark] {
    /// The marks of one instant: what the group's point is, all of them say alike.
    fileprivate func together(at instant: GroupInstant) -> [CutMark] {
        var instant = instant
        instant.kind = allSatisfy { $0.kind == .appConsistent } ? .appConsistent : .standard
        return map { mark in
            var mark = mark
            mark.group = instant
            return mark
        }
    }
}

extension Protection {
    fileprivate func joining(_ group: String?) throws -> Protection {
        if let group { try Name.checked(group, "consistency group") }
        var joined = self
        joined.group = group
        return joined
    }

    /// Raises `replication.transition_refused` with the machine's name.
    fileprivate func requireCycle() throws(Failure) {
        if [.waitingForResync, .resyncing].contains(state) { return }
        do { _ = try state.after(.cycleSucceeded) } catch {
            var failure = error
            failure.message = "\(vm): \(failure.message)"
            failure.context["vm"] = vm
            throw failure
        }
    }
}

extension [Protection] {
    /// Of a group's members, or some of them: the points all of these have, oldest first.
    package var commonPoints: [CommonPoint] {
        guard let first else { return [] }
        return first.points.compactMap(\.group).filter { $0.group == first.group }.compactMap {
            instant in
            let points = map { member in member.points.first { $0.group == instant } }
            let found = points.compactMap(\.self)
            guard found.count == count else { return nil }
            let byName = zip(self, found).map { ($0.vm, $1) }
            return CommonPoint(instant: instant, points: Dictionary(uniqueKeysWithValues: byName))
        }
    }

    /// The common point of a group cycle that was done under this key at every member.
    fileprivate func commonPoint(doneUnder operation: String?) -> CommonPoint? {
        guard let operation, allSatisfy({ $0.operation(operation) != nil }) else { return nil }
        return commonPoints.last { common in
            allSatisfy { common.points[$0.vm]?.sequence == $0.operation(operation)?.point }
        }
    }

    fileprivate var latestInstant: Timestamp {
        flatMap(\.points).compactMap(\.group?.cutAt).max() ?? Timestamp(microseconds: 0)
    }
}
