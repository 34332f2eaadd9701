// The instant of a cycle: the guest's applications are brought to rest when a consistent point is
// due, the disks are cut, the applications go on. What was cut is brought over by the pump.
import Fabric
import Model

/// What a point tells of its cut beside the blocks.
struct CutMark: Sendable {
    var cutAt: Timestamp
    var kind = RecoveryPoint.Kind.standard
    var group: GroupInstant?
    /// Why the point is not of the kind that was wanted.
    var warning: String?
}

/// A cut that was neither acknowledged nor failed yet.
struct OpenCut: Sendable {
    let source: any ChangeSource
    let cut: Cut
    var mark: CutMark
}

extension ReplicationEngine {
    /// Sets how often a point is application-consistent: every `hours` hours, 0 to 24; 0 is never.
    package func setConsistency(
        of vm: String, everyHours hours: Int, operation: String? = nil
    ) async throws -> Protection {
        try await perform(vm, operation) { protection in
            var changed = protection
            changed.consistency.everyHours =
                try ApplicationConsistency(checked: hours).everyHours
            return try await save(
                changed, after: nil, verb: "setConsistency", operation: operation)
        }
    }

    /// Cuts one machine. A guest that cannot be brought to rest is cut all the same: its point is
    /// `standard` and says why.
    func cut(_ protection: Protection, _ request: CycleRequest) async throws -> OpenCut {
        try await claimChanges(for: protection)
        let source = try await changeSource(of: protection)
        let instant = try await instant(of: protection)
        // A replica that is copied on is not written by a guest that could be brought to rest: the
        // point is of the kind it has already.
        let rest = instant.kind == nil ? await bringToRest(protection, request) : Rest()
        do {
            var mark = CutMark(cutAt: instant.kind == nil ? clock.now : instant.cutAt)
            mark.kind = instant.kind ?? .standard
            let cut = try await blocking { try source.cut(everything: request.everything) }
            await rest.end(&mark)
            return OpenCut(source: source, cut: cut, mark: mark)
        } catch {
            await rest.holder?.thaw()
            throw error
        }
    }

    /// Brings the applications to rest if a consistent point is asked for or due.
    func bringToRest(_ protection: Protection, _ request: CycleRequest) async -> Rest {
        let isDue = !request.everything && protection.consistency.isDue(at: clock.now)
        guard request.kind == .appConsistent || isDue else { return Rest() }
        do {
            let holder = try await fabric.quiesce(protection.primary, limit: quiesceLimit)
            return Rest(isWanted: true, holder: holder)
        } catch {
            let failure = Failure(error, as: .quiesceFailed)
            return Rest(isWanted: true, warning: failure.message)
        }
    }

    /// The blocks of a cut join the next one. A source that cannot even note this counts the cut as
    /// failed by itself; the error that led here is the one to tell.
    func fail(_ open: OpenCut) async {
        try? await blocking { try open.source.fail(open.cut.token) }
    }
}

/// The applications of one machine while it is cut.
struct Rest: Sendable {
    var isWanted = false
    var holder: (any Quiescence)?
    var warning: String?

    /// Lets the applications go; the mark tells what the cut has become.
    func end(_ mark: inout CutMark) async {
        guard isWanted else { return }
        if await holder?.thaw() == true {
            mark.kind = .appConsistent
            return
        }
        let reason = warning ?? "the applications were let go before the cut was made"
        mark.warning = String(decoding: reason.utf8.prefix(Limits.warningBytesMax), as: UTF8.self)
    }
}

extension ApplicationConsistency {
    /// Raises `usage.invalid` for hours out of range.
    init(checked hours: Int) throws(Failure) {
        guard Self.everyHoursAllowed.contains(hours) else {
            throw Failure(
                .usage,
                "an application-consistent point every \(hours) hours cannot be made; choose 1 to "
                    + "\(Self.everyHoursAllowed.upperBound), or 0 for never")
        }
        self.init(everyHours: hours)
    }
}
