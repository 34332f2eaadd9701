// What a protection has shown that it can do: how much could have been lost between points, and how
// long drills and failovers took (S-5). Unlike statistics it is never reset.

package struct ServiceRecord: Sendable, Hashable, Codable {
    /// A test failover or a failover that was brought to its end.
    package struct Exercise: Sendable, Hashable, Codable {
        package var kind: FailoverKind
        package var begunAt: Timestamp
        /// The machine could be started.
        package var readyAt: Timestamp
        /// The cut of the point that was used.
        package var cutAt: Timestamp

        package init(
            kind: FailoverKind, begunAt: Timestamp, readyAt: Timestamp, cutAt: Timestamp
        ) {
            self.kind = kind
            self.begunAt = begunAt
            self.readyAt = readyAt
            self.cutAt = cutAt
        }

        /// The engine's own time.
        package var spent: Duration { readyAt - begunAt }
    }

    package var lastDrill: Exercise?
    package var lastFailover: Exercise?
    /// Points that came while no more than the rpo could have been lost.
    package var kept = 0
    /// Points that came too late for it.
    package var exceeded = 0
    /// The most that could have been lost at any time, in microseconds.
    package var worstMicroseconds: Int64 = 0

    package init() {}

    /// Counts a point: until it came, at `now`, all since the cut before it could have been lost.
    package mutating func count(since previous: Timestamp, now: Timestamp, rpo: Duration) {
        let exposure = now - previous
        if exposure <= rpo { kept += 1 } else { exceeded += 1 }
        worstMicroseconds = max(worstMicroseconds, exposure.microseconds)
    }
}

extension Protection {
    /// How much may be lost: what was agreed, or else two intervals, since the second point is
    /// under way while the first is all there is.
    package var rpo: Duration {
        terms.rpoSeconds.map { .seconds($0) } ?? interval.pace * 2
    }
}
