// What a plan promises those who depend on it, as its card says it.
import Model

package struct Objective: Sendable, Hashable {
    /// The most that may be lost, as time before the failover (RPO).
    package let loss: Duration?
    /// The longest the service may be away (RTO).
    package let absence: Duration?

    /// Reads `{ rpo = "5m", rto = "1h" }`, checked before.
    init(_ card: Value) {
        loss = card["rpo"]?.text.flatMap { try? Duration(text: $0) }
        absence = card["rto"]?.text.flatMap { try? Duration(text: $0) }
    }

    var promisesNothing: Bool { loss == nil && absence == nil }

    var value: Value {
        var fields: [String: Value] = [:]
        if let loss { fields["rpo"] = .text(loss.text) }
        if let absence { fields["rto"] = .text(absence.text) }
        return .object(fields)
    }
}
