// What a plan promises those who depend on it, as its card says it.
import Model

package struct Objective: Sendable, Hashable {
    /// The most that may be lost, as time before the failover (RPO).
    package let rpo: Duration?
    /// The longest the service may be away (RTO).
    package let rto: Duration?

    /// Reads `{ rpo = "5m", rto = "1h" }`, checked before.
    init(_ card: Value) {
        rpo = card["rpo"]?.text.flatMap { try? Duration(text: $0) }
        rto = card["rto"]?.text.flatMap { try? Duration(text: $0) }
    }

    var promisesNothing: Bool { rpo == nil && rto == nil }

    var value: Value {
        var fields: [String: Value] = [:]
        if let rpo { fields["rpo"] = .text(rpo.text) }
        if let rto { fields["rto"] = .text(rto.text) }
        return .object(fields)
    }
}
