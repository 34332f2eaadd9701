// Patching: another text for a run that has not ended, if it asks for the same calls as those that
// were made already (B-3).
import LuaRuntime
import Model
import Store

extension Orchestrator {
    /// What a patch changed.
    package struct Patch: Sendable {
        package let before: [RunSource]
        package let after: [RunSource]
    }

    /// Replaces every text of a run by what the library says now. `leftRunning` says that nobody
    /// executes a run that is running: its engine died.
    ///
    /// Raises `run.patch_refused` with the first step that differs and leaves the run as it was;
    /// `run.transition_refused` when it has ended or is being executed, and what loading the card
    /// raises.
    @discardableResult
    package func patch(
        _ id: RunID, by person: Person, reason: String?, leftRunning: Bool = true,
        under lease: LeaseToken? = nil
    ) async throws -> Patch {
        let run = try services.store.run(id)
        guard leftRunning || run.state != .running else {
            throw Failure(
                .runTransitionRefused,
                "run \(id) is being executed; patch it when it waits, or stop the engine first")
        }
        let library = library(of: id)
        let file = try library.file(run.file)
        let subject = try await CardInspection(
            services: services, catalogue: catalogue, library: library, scope: run.scope
        ).read(file)
        try Self.check(subject, fits: run)
        let texts = try await tried(file, on: run)
        let sources = texts.map { text in
            RunSource(module: text.pinnedName, digest: Digest(of: text.text))
        }
        let act = "patch run \(id): \(Self.changes(from: run.sources, to: sources))"
        try await services.store.commit(
            texts.map { .sourceStored($0.text) } + [
                // It may have gone on meanwhile, and done more than was looked at.
                .runRequired(id, in: run.state), .runPatched(id, sources, subject.limits),
                decided(act, by: person.name, reason: reason, run: id),
            ],
            under: lease)
        ring(Notice(.runChanged, run: id))
        return Patch(before: run.sources, after: sources)
    }

    private static func check(
        _ subject: CardInspection.Subject, fits run: RunRecord
    ) throws(Failure) {
        switch (subject, run.kind) {
        case (.plan, .plan): return
        case (.runbook(let card), .runbook):
            // A parameter that is new has no place in the arguments the run was given.
            let given = run.parameters.object ?? [:]
            guard try card.arguments(from: given) == run.parameters else {
                throw Failure(
                    .patchRefused,
                    "the new text of \(run.file) takes other parameters than run \(run.id) was given"
                )
            }
        default:
            throw Failure(
                .patchRefused,
                "run \(run.id) is of a \(run.kind.rawValue), and \(run.file) is none any more")
        }
    }

    private static func changes(from old: [RunSource], to new: [RunSource]) -> String {
        let changed = new.filter { !old.contains($0) }.map { source in
            let before = old.first { $0.module == source.module }?.digest.short ?? "nothing"
            return "\(source.module) from \(before) to \(source.digest.short)"
        }
        let gone = old.filter { source in !new.contains { $0.module == source.module } }
            .map { "\($0.module) gone" }
        return changed.isEmpty && gone.isEmpty
            ? "no text differs" : (changed + gone).joined(separator: ", ")
    }
}

extension CardInspection.Subject {
    /// What the card limits; a plan's steps have limits of their own.
    var limits: RunLimits {
        switch self {
        case .plan: RunLimits()
        case .runbook(let card): card.limits
        }
    }
}
