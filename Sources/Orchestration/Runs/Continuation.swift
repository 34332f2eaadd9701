// A run that goes on as another: it ends, completed, and its successor is inserted in the same
// transaction, made from the same texts, within the same scope and limits. A loop that never ends
// is written so, for a journal is read from its beginning at every replay.
import Model
import Store

struct Continuation: Sendable {
    let call: PrimitiveCall

    /// The failure that ends the script. It carries what the successor is told, checked.
    ///
    /// Raises `run.parameter_invalid`, and `run.phase_refused` where the call is not the runbook's
    /// own: one branch among several, or a step of a plan, cannot end the run.
    func ending() async throws -> Failure {
        guard let run = call.run, run.kind == .runbook, call.place.branch == .main else {
            throw Failure(
                .phaseRefused,
                "job.continue_as ends the run, so only a runbook itself may call it: neither a "
                    + "branch of job.parallel nor a step of a plan")
        }
        let parameters = try await checked(call.arguments["parameters"]?.object ?? [:], of: run)
        return Failure(
            .runContinued, "run \(run.id) goes on as another run",
            context: ["parameters": parameters.canonicalJSON])
    }

    /// By the card of the run's own text: the successor is made from it.
    private func checked(_ given: [String: Value], of run: RunRecord) async throws -> Value {
        guard let starting = call.starting else { return .object(given) }
        let sources = try RunSources(
            run: run, store: call.services.store, library: starting.library)
        var inspection = CardInspection(
            services: call.services, catalogue: starting.catalogue, library: starting.library,
            scope: run.scope)
        inspection.sources = sources
        guard let file = try sources.module(run.file),
            case .runbook(let card) = try await inspection.read(file)
        else { throw Failure(.storeDamaged, "run \(run.id) does not hold its own text") }
        return try card.arguments(from: given)
    }

    /// The changes that begin the successor of a run that ended with `failure`.
    static func successor(
        of run: RunRecord, after failure: Failure, at now: Timestamp, version: String
    ) throws -> Change {
        var record = run.follower(at: now, version: version)
        record.parameters = try Value(json: failure.context["parameters"] ?? "{}")
        return .runAdded(record)
    }
}
