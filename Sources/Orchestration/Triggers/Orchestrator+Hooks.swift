// Calls from outside, once their signature was found right. A signature is the mark: the same call
// that comes again starts nothing, and hears what the first one started.
import Model
import Store

extension Orchestrator {
    /// Fires the webhook of that name, or finds what the same call did before.
    ///
    /// Raises `name.unknown`, and `trigger.paused` while it is paused.
    package func heard(
        hook name: String, signature: String, payload: String
    ) async throws -> (firing: TriggerFiring, isRepeated: Bool) {
        let trigger = try trigger(name)
        guard trigger.cause == .webhook else {
            throw Failure(
                .unknownName, "the trigger '\(name)' is no webhook", context: ["trigger": name])
        }
        var subject = TriggerSubject(signature, mark: "heard")
        subject.facts = ["payload": payload]
        do {
            return (try await fire(trigger, for: subject, after: nil, under: nil), false)
        } catch let failure as Failure where failure.code == .firedAlready {
            guard let first = try services.store.firstFiring(of: name, for: signature) else {
                throw failure
            }
            return (first, true)
        }
    }

    /// Keeps that a call was refused: why, and from where it came; never what it carried.
    package func refused(
        _ topic: String, _ name: String, _ failure: Failure, from address: String
    ) async throws {
        let record: Value = [
            "name": .text(String(name.prefix(Limits.nameBytesMax))),
            "reason": .text(failure.code.name), "from": .text(address),
        ]
        try await services.store.commit([
            .recorded(
                Event(
                    topic: topic, run: nil, record: record.canonicalJSON, at: services.clock.now))
        ])
    }
}
