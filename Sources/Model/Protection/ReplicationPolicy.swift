// What the house allows replication to do: how much crosses between which sites and when, and whom
// each site takes replicas from. Read from the configuration, given to the engine as one value.

package struct ReplicationPolicy: Sendable, Hashable, Codable {
    package var transfers: TransferPolicy
    /// The replica servers, by site; a site that is not named takes replicas from anyone.
    package var servers: [String: ReplicaServer]

    package init(
        transfers: TransferPolicy = TransferPolicy(), servers: [String: ReplicaServer] = [:]
    ) {
        self.transfers = transfers
        self.servers = servers
    }

    package func server(at site: String) -> ReplicaServer { servers[site] ?? ReplicaServer() }
}

/// How much crosses at once, and between two sites how fast and when.
package struct TransferPolicy: Sendable, Hashable, Codable {
    /// Transfers at once over the whole engine; the others wait in the order they came.
    package var transfersMax: Int
    package var pairs: [SitePairRule]

    /// Raises `usage.invalid` when nothing could ever cross.
    package init(transfersMax: Int, pairs: [SitePairRule]) throws(Failure) {
        guard transfersMax > 0 else {
            throw Failure(
                .usage, "\(transfersMax) transfers at once send nothing; choose 1 or more")
        }
        for rule in pairs where rule.bytesPerSecond.map({ $0.bytes <= 0 }) ?? false {
            throw Failure(
                .usage,
                "the bandwidth from \(rule.source) to \(rule.target) must be more than nothing")
        }
        self.transfersMax = transfersMax
        self.pairs = pairs
    }

    /// Six at once, at full speed, always.
    package init() {
        transfersMax = 6
        pairs = []
    }

    /// The rule for what goes from one site to another; nil when there is none.
    package func rule(from source: String, to target: String) -> SitePairRule? {
        pairs.first { $0.source == source && $0.target == target }
    }
}

/// The rule for one direction between two sites.
package struct SitePairRule: Sendable, Hashable, Codable {
    package var source: String
    package var target: String
    /// What crosses in a second, all machines together; nil for no limit.
    package var bytesPerSecond: ByteCount?
    /// When cycles may begin; always when empty.
    package var windows: [TimeWindow]

    package init(
        from source: String, to target: String, bytesPerSecond: ByteCount? = nil,
        windows: [TimeWindow] = []
    ) {
        self.source = source
        self.target = target
        self.bytesPerSecond = bytesPerSecond
        self.windows = windows
    }

    /// The longest time of a day in which no cycle may begin, the zones' clocks being as they are
    /// now; zero when there are no windows.
    package func longestPause(at now: Timestamp) -> Duration {
        guard !windows.isEmpty else { return .zero }
        let day = 1440
        let hands = windows.map { ($0, $0.minutesFromUTC(at: now)) }
        let open = (0..<day).map { minute in
            hands.contains { window, offset in
                window.isOpen(localMinute: (minute + offset + day) % day)
            }
        }
        var (longest, pause) = (0, 0)
        // Twice round: a pause may lie over midnight.
        for minute in 0..<2 * day {
            pause = open[minute % day] ? 0 : pause + 1
            longest = max(longest, pause)
        }
        return .seconds(min(longest, day) * 60)
    }

    /// The first instant from `now` on at which a cycle may begin.
    package func opening(from now: Timestamp) -> Timestamp {
        windows.map { $0.opening(from: now) }.min() ?? now
    }
}
