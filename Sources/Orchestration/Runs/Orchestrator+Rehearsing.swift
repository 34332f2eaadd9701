// Going through a run's journal again, with its own text or another: what a patch is judged by,
// what `replay --check` tells beforehand, and what `replay` shows. Nothing is performed and nothing
// written, whatever state the run is in.
import LuaRuntime
import Model
import Store

extension Orchestrator {
    /// Tries the library's present text of a file on what a run has done; returns how many calls
    /// were the same: all that the run has made.
    ///
    /// Raises `run.patch_refused` with the first that differs, and what loading the card raises.
    package func check(_ name: String, against id: RunID) async throws -> Int {
        var run = try services.store.run(id)
        let file = try library.file(name)
        _ = try await inspection(run.scope).read(file)
        run.file = file.name
        _ = try await tried(file, on: run)
        return try RunReport.acts(of: id, services.store).count
    }

    /// Executes a text against a run's journal; returns all the texts it is made of. Raises
    /// `run.patch_refused` with the first call that differs.
    func tried(_ file: LuaModule, on run: RunRecord) async throws -> [LuaModule] {
        let sources = RunSources(beginningWith: file, library: library(of: run.id))
        let branches = try services.store.branches(of: run.id)
        guard !branches.isEmpty else { return [file] }
        let rehearsal = Rehearsal()
        do {
            try await rehearse(run, sources, rehearsal)
        } catch let failure as Failure where failure.code == .codeChanged {
            throw Failure(
                .patchRefused,
                "the new text does something else than run \(run.id) has done: \(failure.message)",
                context: failure.context, at: failure.position, cause: failure)
        }
        for branch in branches {
            try check(branch, of: run, rehearsal)
        }
        return sources.modules
    }

    @discardableResult
    func rehearse(
        _ run: RunRecord, _ sources: RunSources, _ rehearsal: Rehearsal
    ) async throws -> RunExecution.End {
        let context = RunContext(
            run: run, services: services, catalogue: catalogue, sources: sources,
            control: RunControl(), lease: nil, ring: { _ in }, rehearsal: rehearsal)
        return try await RunExecution(context: context).execute()
    }

    /// Nothing that was done may be missing in the new text.
    private func check(
        _ branch: Branch, of run: RunRecord, _ rehearsal: Rehearsal
    ) throws {
        let entries = try services.store.entries(of: run.id, branch: branch)
        let count = rehearsal.entriesRead(of: branch)
        guard count < entries.count else { return }
        let missing = entries[count]
        throw Failure(
            .patchRefused,
            "the new text does not come to what run \(run.id) has done: "
                + "\(missing.place) holds \(missing.primitive)",
            context: ["recorded": missing.primitive, "branch": branch.path])
    }
}
