// Whether a promise made beforehand could be kept on the way between two sites: asked when a
// template is kept and when a machine is made from one, before there is anything to protect (S-3).
import Fabric
import Model

extension ReplicationEngine {
    /// Raises `name.unknown` for a target that is no site, `replication.interval_invalid` for an
    /// interval longer than what may be lost, `replication.promise_unkept` when the way is the
    /// site's own or closed for longer than that, and `replication.primary_refused` and
    /// `replication.version_refused` when the target does not take what the source sends.
    ///
    /// `subject` is who asks, for the message.
    package func checkPromise(
        _ terms: RecoveryTerms, of subject: String, from source: String
    ) async throws {
        try await fabric.site(named: terms.target)
        guard terms.target != source else {
            throw Failure(
                .promiseUnkept,
                "\(subject) is at '\(source)' and asks for replicas there; name another site",
                context: ["site": source])
        }
        _ = try agreement(from: source, to: terms.target, standing: ProtectionAgreement())
        guard let seconds = terms.rpoSeconds else { return }
        try terms.interval.check(against: .seconds(seconds), of: subject)
        try checkPause(from: source, to: terms.target, subject, .seconds(seconds))
    }

    private func checkPause(
        from source: String, to target: String, _ subject: String, _ rpo: Duration
    ) throws(Failure) {
        let pause =
            policy.transfers.rule(from: source, to: target)?.longestPause(at: clock.now) ?? .zero
        guard pause > rpo else { return }
        throw Failure(
            .promiseUnkept,
            "\(subject) may lose \(rpo.text) at most, and nothing is sent from '\(source)' to "
                + "'\(target)' for \(pause.text) of every day; widen the windows of that pair in "
                + "muster.lua, or let more be lost",
            context: ["source": source, "site": target, "rpo": rpo.text])
    }
}
