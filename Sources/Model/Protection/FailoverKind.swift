// The kinds of failover, and how often changes are sent: the choices a person makes.

package enum FailoverKind: String, Sendable, Hashable, Codable, CaseIterable {
    case test, planned, unplanned
    /// A planned failover in the other direction, from the same plan source (P-5).
    case failback
}

/// How often changes are sent. These three and no others; `continuous` joins them later.
package enum ReplicationInterval: String, Sendable, Hashable, Codable, CaseIterable {
    case thirtySeconds = "30s"
    case fiveMinutes = "5m"
    case fifteenMinutes = "15m"

    /// Reads `30s`, `5m` or `15m`; raises `replication.interval_invalid` for all else.
    package init(text: String) throws(Failure) {
        guard let interval = Self(rawValue: text) else {
            let allowed = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(
                .intervalInvalid,
                "'\(text)' is not a replication interval; choose one of \(allowed)",
                context: ["interval": text])
        }
        self = interval
    }

    package var duration: Duration {
        switch self {
        case .thirtySeconds: .seconds(30)
        case .fiveMinutes: .seconds(300)
        case .fifteenMinutes: .seconds(900)
        }
    }
}
