// How often changes are sent: three intervals, back to back, and no other.

package enum ReplicationInterval: String, Sendable, Hashable, Codable, CaseIterable {
    case thirtySeconds = "30s"
    case fiveMinutes = "5m"
    case fifteenMinutes = "15m"
    /// One cycle after the other; the lag stays under a second.
    case continuous

    /// Reads `30s`, `5m`, `15m` or `continuous`; raises `replication.interval_invalid` for all else
    ///
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

    /// From the beginning of one cycle to that of the next; zero when they follow back to back.
    package var duration: Duration {
        switch self {
        case .thirtySeconds: .seconds(30)
        case .fiveMinutes: .seconds(300)
        case .fifteenMinutes: .seconds(900)
        case .continuous: .zero
        }
    }

    /// The time after which a cycle that has not begun counts as missed. A continuous protection
    /// is measured as the shortest interval is.
    package var pace: Duration { self == .continuous ? .seconds(30) : duration }

    /// Raises `replication.interval_invalid` when changes sent this often cannot keep `rpo`.
    package func check(against rpo: Duration, of vm: String) throws(Failure) {
        guard duration > rpo else { return }
        throw Failure(
            .intervalInvalid,
            "\(vm) may lose \(rpo.text) at most, and an interval of \(rawValue) is longer; "
                + "choose a shorter interval or a larger rpo",
            context: ["vm": vm, "interval": rawValue, "rpo": rpo.text])
    }

    /// Raises `replication.interval_invalid` when an extended relationship would be asked for
    /// changes more often than they reach the replica it starts from.
    package func check(after upstream: Self, of vm: String) throws(Failure) {
        guard duration < upstream.duration else { return }
        let allowed = Self.allCases.filter { $0.duration >= upstream.duration }
            .map(\.rawValue).joined(separator: ", ")
        throw Failure(
            .intervalInvalid,
            "changes of \(vm) reach its replica every \(upstream.rawValue) and cannot go on from "
                + "there every \(rawValue); choose one of \(allowed)",
            context: ["vm": vm, "interval": rawValue])
    }
}
