// The texts that a plan is made of: its own, the modules that these name by `require "…"`, and the
// plans and runbooks that its steps start by `job.run "…"`. A step reads most of them when it
// runs, half way through the night; so they are looked at before (P-11), and the digest of each is
// what a rehearsal was of (P-12). What a text names only while it runs is not seen here.
import LuaRuntime
import Model

struct PlanTexts: Sendable {
    let file: LuaModule
    /// Finds a module; nil when there is none.
    let find: @Sendable (String) throws(Failure) -> LuaModule?
    /// Reads the cards of the runbooks that are named.
    let inspection: CardInspection

    /// Those of a run, which keeps what it finds.
    init?(of context: RunContext) throws {
        let (starting, sources) = (context.starting, context.sources)
        guard let file = try sources.module(context.run.file) else { return nil }
        self.file = file
        find = { name throws(Failure) in try sources.module(name) }
        inspection = CardInspection(
            services: context.services, catalogue: starting.catalogue,
            library: starting.library, scope: context.run.scope)
    }

    init(_ file: LuaModule, _ inspection: CardInspection) {
        self.file = file
        self.inspection = inspection
        find = { [library = inspection.library] name throws(Failure) in try library.module(name) }
    }

    /// Why one of them could not be loaded, as sentences.
    func faults() async -> [String] {
        var (faults, runbooks) = ([String](), [String]())
        walk { text, result in
            runbooks += RequiredNames.said(in: text, by: "job.run")
            guard case .failure(let failure) = result else { return }
            faults.append((failure.position.map { "\($0): " } ?? "") + failure.message)
        }
        for name in Set(runbooks).sorted() {
            do {
                _ = try await inspection.read(try inspection.library.file(name))
            } catch {
                let reason = Failure(error, as: .internalFault)
                faults.append("'\(name)', which a step runs, cannot be loaded: \(reason.message)")
            }
        }
        return faults
    }

    /// The digest of every text by its name: `plan trial`, `script wait`, `runbook watch-health`.
    func digests() -> [String: String] {
        var digests: [String: String] = [:]
        var runbooks: Set<String> = []
        walk { text, result in
            runbooks.formUnion(RequiredNames.said(in: text, by: "job.run"))
            guard case .success(let module) = result else { return }
            let kind = module.name == file.name ? "plan" : "script"
            digests["\(kind) \(module.runbookName)"] = Digest(of: module.text).description
        }
        for name in runbooks {
            let text = try? inspection.library.file(name).text
            digests["runbook \(name)"] = text.map { Digest(of: $0).description } ?? "missing"
        }
        return digests
    }

    /// Every text once, the plan's own first, without its comments; or why it cannot be had.
    private func walk(_ visit: (String, Result<LuaModule, Failure>) -> Void) {
        var seen: Set<String> = []
        var rest = [file]
        visit(LuaComments.without(in: file.text), .success(file))
        while let module = rest.popLast() {
            for name in RequiredNames.said(in: LuaComments.without(in: module.text))
            where seen.insert(name).inserted {
                let found = load(name, for: module)
                guard case .success(let next) = found else {
                    visit("", found)
                    continue
                }
                visit(LuaComments.without(in: next.text), found)
                rest.append(next)
            }
        }
    }

    private func load(_ name: String, for module: LuaModule) -> Result<LuaModule, Failure> {
        do throws(Failure) {
            guard let found = try find(name) else {
                let message = "the module '\(name)', which \(module.name) requires, is not there"
                return .failure(Failure(.sourceMissing, message))
            }
            if !found.isTrusted { try LuaState.checkSyntax(found.text, name: found.name) }
            return .success(found)
        } catch {
            return .failure(error)
        }
    }
}
