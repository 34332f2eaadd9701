// What all branches of one run share.
import Fabric
import Model
import Store

package final class RunContext: Sendable {
    package let run: RunRecord
    package let services: Services
    package let catalogue: Catalogue
    package let sources: RunSources
    package let control: RunControl
    /// The lead under which the run writes; nil where nobody else can be leading (tests).
    package let lease: LeaseToken?
    /// Rings those who watch.
    package let ring: @Sendable (Notice) -> Void
    /// Set while another text is tried on the journal: nothing is performed and nothing written.
    let rehearsal: Rehearsal?
    /// Starts children, as people start runs.
    let starting: RunStarting

    package convenience init(
        run: RunRecord, services: Services, catalogue: Catalogue, sources: RunSources,
        control: RunControl, lease: LeaseToken?, ring: @escaping @Sendable (Notice) -> Void
    ) {
        self.init(
            run: run, services: services, catalogue: catalogue, sources: sources,
            control: control, lease: lease, ring: ring, rehearsal: nil)
    }

    init(
        run: RunRecord, services: Services, catalogue: Catalogue, sources: RunSources,
        control: RunControl, lease: LeaseToken?, ring: @escaping @Sendable (Notice) -> Void,
        rehearsal: Rehearsal?, version: String? = nil
    ) {
        self.run = run
        self.services = services
        self.catalogue = catalogue
        self.sources = sources
        self.control = control
        self.lease = lease
        self.ring = ring
        self.rehearsal = rehearsal
        starting = RunStarting(
            services: services, catalogue: catalogue, library: sources.library,
            version: version ?? run.runtimeVersion)
    }

    /// Writes what the run does. An execution that was left behind writes nothing.
    func commit(_ changes: [Change]) async throws {
        if rehearsal != nil { return }
        if control.isLeftBehind { throw CancellationError() }
        try await conclude(changes)
    }

    /// Writes what an execution came to, left behind or not.
    func conclude(_ changes: [Change]) async throws {
        let unsaved = sources.takeUnsaved(for: run.id)
        try await services.store.commit(
            unsaved.isEmpty ? changes : unsaved + changes, under: lease)
        for notice in changes.compactMap(\.news) { ring(notice) }
    }
}

extension Change {
    /// What other runs are told of a change that a run makes.
    fileprivate var news: Notice? {
        switch self {
        case .runAdded: Notice(.runQueued)
        case .abortWished(let run, _): Notice(.abortWished, run: run)
        default: nil
        }
    }
}
