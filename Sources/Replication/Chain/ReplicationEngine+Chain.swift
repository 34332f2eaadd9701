// What the two relationships of a chain A→B→C owe one another. The simple one, A→B, keeps what it
// applies for the extended one; whatever makes B's disks something else than the sum of those logs
// makes a resync of C due; whatever would leave C hanging in the air is refused.
import Fabric
import Model

extension ReplicationEngine {
    /// The relationship that writes the disks from which an extended one is fed; nil when they are
    /// production disks, with a guest that writes them.
    func upstream(of protection: Protection) async throws -> Protection? {
        guard protection.terms.relationship == .extended,
            let simple = try await ledger.protection(of: protection.vm),
            simple.replica == protection.primary, simple.production != protection.primary
        else { return nil }
        return simple
    }

    /// The extended relationship that goes on from this one's replica; nil when there is none.
    func onward(from protection: Protection) async throws -> Protection? {
        guard protection.terms.relationship == .simple,
            let extended = try await ledger.protection(
                of: Protection.key(of: protection.vm, .extended)),
            extended.primary == protection.replica
        else { return nil }
        return extended
    }

    /// Where the changes of a relationship are learnt from.
    func changeSource(of protection: Protection) async throws -> any ChangeSource {
        guard let upstream = try await upstream(of: protection) else {
            return try await fabric.changeSource(of: protection.primary)
        }
        let folder = layout.folder(of: protection, at: protection.primary.site).onward
        let images = try await imagePaths(upstream.disks, of: upstream.replica)
        return OnwardChanges(folder, upstream, images: images, files: files) { [self] in
            try openingOfReplica(upstream)
        }
    }

    /// A machine has one record of writes. Once an extended relationship acknowledges cuts of a
    /// production machine, the old primary of the simple one does not get by a delta what was
    /// written since the failover: a reversal must compare.
    func claimChanges(for protection: Protection) async throws {
        guard protection.terms.relationship == .extended,
            var simple = try await ledger.protection(of: protection.vm),
            simple.replica == protection.primary, simple.production == protection.primary,
            !simple.primaryStamps.isEmpty
        else { return }
        simple.primaryStamps = []
        try await ledger.save(simple)
    }

    /// What a cut of the relationship shows: now, or the point that the replica it starts from
    /// holds, once that is a whole one.
    func instant(of protection: Protection) async throws -> (
        cutAt: Timestamp, kind: RecoveryPoint.Kind?
    ) {
        guard let upstream = try await upstream(of: protection) else { return (clock.now, nil) }
        let point = try await settle(upstream).latestPoint()
        return (point.cutAt, point.kind)
    }

    /// Raises `replication.transition_refused` while the replica that is copied on is being failed
    /// over, and `replication.point_missing` while it holds no point.
    func requireWholeUpstream(_ protection: Protection) async throws {
        guard let upstream = try await upstream(of: protection) else { return }
        try requireReplica(upstream)
        _ = try upstream.latestPoint()
    }

    /// Keeps a log for the extended replica, before it is applied. Not when that one will compare
    /// all blocks in any case; and when the kept logs come to more than half of the disks, it will.
    func keepOnward(_ log: String, named name: LogName, _ protection: Protection) async throws {
        guard let extended = try await onward(from: protection) else { return }
        let folder = layout.folder(of: extended, at: extended.primary.site).onward
        let room = extended.disks.reduce(Int64(0)) { $0 + $1.size.bytes } / 2
        let isRoomLeft = try await blocking { [files, extended] in
            guard extended.takesDeltas else { return true }
            try files.makeFolder(folder)
            try files.link(log, to: "\(folder)/\(name.text).log")
            try files.syncFolder(folder)
            return try files.bytes(in: folder) <= room
        }
        if isRoomLeft, extended.takesDeltas { return }
        try await owe(extended, extended.state.owingResync)
        try await blocking { [files] in
            for name in try files.names(in: folder) { try files.remove("\(folder)/\(name)") }
        }
    }

    /// The replica's disks are not the sum of its logs any more: the extended one must compare.
    func requireOnwardResync(_ protection: Protection) async throws {
        guard let extended = try await onward(from: protection) else { return }
        try await owe(extended, extended.state.owingResync)
    }

    /// The replica is about to become production: the extended relationship rests until a person
    /// resumes towards it, and compares then (F-8).
    func restOnward(_ protection: Protection) async throws {
        guard let extended = try await onward(from: protection) else { return }
        let waiting = extended.state.after(ifPossible: .resyncRequired)
        try await owe(extended, waiting.after(ifPossible: .suspended))
    }

    /// The extended one compares all blocks before its points are those of its cuts again; what it
    /// has sent and not applied does not pass for that.
    private func owe(_ extended: Protection, _ state: ProtectionState) async throws {
        var owing = extended
        owing.state = state
        owing.isSentOutdated = true
        if owing != extended { try await ledger.save(owing) }
    }

    /// Raises `replication.extended_stands` while the replica feeds a replica of its own.
    func requireNoOnward(_ protection: Protection, to act: String) async throws {
        guard let extended = try await onward(from: protection),
            extended.production == extended.primary
        else { return }
        throw Failure(
            .extendedStands,
            "cannot \(act) \(protection.vm) while \(protection.replica) has a replica at "
                + "\(extended.replica.site); resume towards that one with `muster resume "
                + "\(extended.key)`, or remove it first with `muster unprotect \(extended.key)`",
            context: ["vm": protection.vm, "extended": extended.key])
    }

    /// A replica cannot be failed over as planned: its production machine is another one.
    func requireProduction(_ protection: Protection) async throws {
        guard let upstream = try await upstream(of: protection) else { return }
        throw Failure(
            .transitionRefused,
            "\(protection.primary) is the replica of \(upstream.primary), not production; fail "
                + "\(upstream.key) over first, or fail \(protection.key) over unplanned",
            context: ["vm": protection.key, "state": protection.state.rawValue])
    }

    /// A replica that the other relationship writes cannot become this one's.
    func requireNoOtherSource(_ protection: Protection) async throws {
        let kind = protection.terms.relationship == .simple ? Relationship.extended : .simple
        guard
            let other = try await ledger.protection(of: Protection.key(of: protection.vm, kind)),
            other.replica == protection.primary, other.production != protection.primary
        else { return }
        throw Failure(
            .alreadyProtected,
            "\(protection.primary) is the replica of \(other.primary) still; remove the "
                + "protection of \(other.key) first, then reverse \(protection.key)",
            context: ["vm": protection.key])
    }

    /// The production machine before the replica from which an extended relationship starts.
    func origin(of protection: Protection) async throws -> VirtualMachine? {
        guard let upstream = try await upstream(of: protection) else { return nil }
        return try await machine(ifAnswering: upstream.primary)
    }

    /// The extended replica takes over from both: the production machine is turned off and told,
    /// if it answers, and the simple relationship rests.
    func fenceOrigin(_ protection: Protection) async throws {
        guard var upstream = try await upstream(of: protection) else { return }
        if let machine = try await machine(ifAnswering: upstream.primary) {
            if machine.power == .running { try await fabric.stop(machine.id) }
            try await holdPrimary(machine.id)
        }
        upstream.state = upstream.state.after(ifPossible: .suspended)
        try await ledger.save(upstream)
    }
}

extension Protection {
    /// Does the next cycle send what was written since the last, or everything that differs?
    fileprivate var takesDeltas: Bool {
        switch state {
        case .replicating, .error, .suspended: true
        case .initialReplication: terms.exportedAt != nil && !isSentOutdated
        default: false
        }
    }
}

extension ProtectionState {
    /// A resync is due; who was suspended stays so.
    fileprivate var owingResync: Self {
        let waiting = after(ifPossible: .resyncRequired)
        return self == .suspended ? waiting.after(ifPossible: .suspended) : waiting
    }

    fileprivate func after(ifPossible event: Event) -> Self { (try? after(event)) ?? self }
}

extension FileSystem {
    /// Of all files in a folder.
    fileprivate func bytes(in folder: String) throws -> Int64 {
        try names(in: folder).reduce(0) { $0 + (try stamp("\(folder)/\($1)")?.size ?? 0) }
    }
}
