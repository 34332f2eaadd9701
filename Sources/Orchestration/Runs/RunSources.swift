// The texts a run is made of, pinned by digest: what it has loaded once, it loads for ever. An
// edited runbook or a new version of the program does not touch an open run (B-3).
import Fabric
import LuaRuntime
import Model
import Store

package final class RunSources: Sendable {
    private struct State {
        var modules: [String: LuaModule]
        var unsaved: [LuaModule] = []
    }

    private let state: Locked<State>
    let library: Library

    /// The sources a stored run has loaded; raises `store.damaged` when a text is gone.
    package init(run: RunRecord, store: Store, library: Library) throws {
        var modules: [String: LuaModule] = [:]
        for source in run.sources {
            guard let text = try store.source(source.digest) else {
                throw Failure(
                    .storeDamaged, "run \(run.id): the text of \(source.module) is not in the store"
                )
            }
            let module = LuaModule(pinned: source.module, text: text)
            modules[module.name] = module
        }
        state = Locked(State(modules: modules))
        self.library = library
    }

    /// The texts of a run that begins with this file; all others are the library's of now.
    init(beginningWith file: LuaModule, library: Library) {
        state = Locked(State(modules: [file.name: file]))
        self.library = library
    }

    /// The text of a module: the pinned one, else the library's, which is pinned by that.
    /// nil when there is none; raises what the library raises.
    package func module(_ name: String) throws(Failure) -> LuaModule? {
        if let pinned = state.withLock({ $0.modules[name] }) { return pinned }
        guard let found = try library.module(name) else { return nil }
        state.withLock {
            $0.modules[name] = found
            $0.unsaved.append(found)
        }
        return found
    }

    /// All texts there are, in the order of their names.
    var modules: [LuaModule] {
        state.withLock { $0.modules.values.sorted { $0.name < $1.name } }
    }

    /// Changes that keep what was loaded since the last commit; they go with the next one.
    func takeUnsaved(for run: RunID) -> [Change] {
        let unsaved = state.withLock { state in
            defer { state.unsaved = [] }
            return state.unsaved
        }
        return unsaved.flatMap { $0.pinning(to: run) }
    }
}

extension LuaModule {
    /// The changes that keep this text with a run.
    package func pinning(to run: RunID) -> [Change] {
        [
            .sourceStored(text),
            .sourceUsed(run, RunSource(module: pinnedName, digest: Digest(of: text))),
        ]
    }

    /// `=wait` for the library's modules, `@runbooks/x.lua` for an author's.
    package var pinnedName: String { (isTrusted ? "=" : "@") + name }

    fileprivate init(pinned name: String, text: String) {
        self.init(name: String(name.dropFirst()), text: text, isTrusted: name.hasPrefix("="))
    }
}
