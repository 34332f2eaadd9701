// What all branches of one run share.
import Fabric
import Model
import Store

package struct RunContext: Sendable {
    package let run: RunRecord
    package let services: Services
    package let catalogue: Catalogue
    package let sources: RunSources
    package let control: RunControl
    /// The lead under which the run writes; nil where nobody else can be leading (tests).
    package let lease: LeaseToken?
    /// Rings those who watch.
    package let ring: @Sendable (Notice) -> Void

    package init(
        run: RunRecord, services: Services, catalogue: Catalogue, sources: RunSources,
        control: RunControl, lease: LeaseToken?, ring: @escaping @Sendable (Notice) -> Void
    ) {
        self.run = run
        self.services = services
        self.catalogue = catalogue
        self.sources = sources
        self.control = control
        self.lease = lease
        self.ring = ring
    }

    func commit(_ changes: [Change]) async throws {
        let unsaved = sources.takeUnsaved(for: run.id)
        try await services.store.commit(
            unsaved.isEmpty ? changes : unsaved + changes, under: lease)
    }
}
