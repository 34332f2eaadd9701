// From what somebody asks to be run to the record of a run: looked up, checked, nothing written.
// People and parents go the same way.
import LuaRuntime
import Model
import Store

package struct RunStarting: Sendable {
    let services: Services
    let catalogue: Catalogue
    let library: Library
    /// The version of the program, kept with each run.
    let version: String

    /// A request that may be written down.
    struct Checked: Sendable {
        let file: LuaModule
        /// Which version of the library it is; nil when its text is of the folder.
        let edition: RunEdition?
        let subject: CardInspection.Subject
        let parameters: Value

        /// The file's text, and the digest under which a run keeps it.
        var text: String { file.text }
        var source: RunSource {
            RunSource(module: file.pinnedName, digest: Digest(of: file.text))
        }
    }

    /// Raises what ``Orchestrator/start(_:under:adding:)`` raises before it writes.
    func check(_ request: RunRequest) async throws -> Checked {
        let library = library(request.edition, of: LuaModule.runbookName(of: request.name))
        let file = try library.file(request.name)
        try library.checkReadable(file)
        let inspection = CardInspection(
            services: services, catalogue: catalogue, library: library, scope: request.scope)
        let subject = try await inspection.read(file)
        try inspection.requireAssets(
            subject.assets, of: file.runbookName, at: subject.position)
        let parameters = try checkedParameters(request, subject)
        try services.rights.require(request.rights(for: subject), of: request.by.name)
        return Checked(
            file: file, edition: try runEdition(of: request), subject: subject,
            parameters: parameters)
    }

    /// The record, its number yet to be given.
    func record(of request: RunRequest, _ checked: Checked, at now: Timestamp) -> RunRecord {
        let isPlan = if case .plan = checked.subject { true } else { false }
        var record = RunRecord(
            id: RunID(0), kind: isPlan ? .plan : .runbook, name: checked.file.runbookName,
            file: checked.file.name, parameters: checked.parameters, failover: request.kind,
            scope: request.scope, startedBy: request.by.name, reason: request.reason,
            createdAt: now, runtimeVersion: version, randomSeed: request.seed)
        record.direction = request.direction
        record.limits = checked.subject.limits
        record.priority = request.priority ?? checked.subject.priority(of: request.kind)
        return record
    }

    private func checkedParameters(
        _ request: RunRequest, _ subject: CardInspection.Subject
    ) throws(Failure) -> Value {
        switch subject {
        case .runbook(let card):
            guard request.planWord == nil else {
                throw Failure(.usage, "'\(request.name)' is a runbook: it takes no --kind")
            }
            return try card.arguments(from: request.parameters)
        case .plan:
            guard request.planWord != nil else {
                let kinds = PlanAct.allWords.joined(separator: ", ")
                throw Failure(.usage, "'\(request.name)' is a plan: say --kind, one of \(kinds)")
            }
            guard request.parameters.isEmpty else {
                throw Failure(.usage, "'\(request.name)' is a plan: it takes no parameters")
            }
            return request.act?.value ?? .object([:])
        }
    }
}

extension RunRequest {
    /// What the engine's own acts of a plan ask for; a script's are checked as it calls them.
    fileprivate func rights(for subject: CardInspection.Subject) -> [FailoverRight] {
        if let act { return act.rights }
        guard let kind, case .plan(let plan) = subject else { return [] }
        let reverses = plan.reverses && (kind == .planned || kind == .failback)
        return [FailoverRight(of: kind)] + (reverses ? [.reverse] : [])
    }
}

extension CardInspection.Subject {
    /// What is looked for before a run begins.
    fileprivate var assets: [String] {
        switch self {
        case .plan(let plan): plan.assets
        case .runbook(let card): card.assets
        }
    }

    fileprivate var position: SourcePosition? {
        switch self {
        case .plan: nil
        case .runbook(let card): card.position
        }
    }

    /// A failover goes before what the house does every day; its test does not.
    fileprivate func priority(of kind: FailoverKind?) -> RunPriority {
        switch self {
        case .plan: kind == .test ? .normal : .high
        case .runbook(let card): card.priority
        }
    }
}
