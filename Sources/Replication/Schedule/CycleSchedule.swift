// When cycles come due: a pure machine. Records, instants and endings in; what is to begin, what
// was missed and when to look again out.
//
//     state of the protection                due
//     ready-for-initial-replication          at the given time, if one was given
//     initial-replication, nothing running   at once: the copy died; not while it is on media
//     replicating, error                     an interval after the beginning of the last cycle;
//                                            continuous: a breath after its end, a longer one
//                                            when it found nothing to send
//     waiting-for-resync, resyncing          at once, but not before the time that was set for it
//     suspended, resync-suspended            never; each interval that passes is a missed cycle
//     all else                               never
//
// A cycle that failed comes due half a minute later, each further failure doubles the pause, up to
// a quarter of an hour. A cycle that begins more than an interval late has missed those between.
// What is due longest begins first, and no more at once than the limit says.
import Model

package struct CycleSchedule: Sendable {
    package enum Work: Sendable, Hashable {
        case firstCopy
        /// A cycle, or the resync that stands before the next one.
        case cycle
    }

    package struct Due: Sendable, Hashable {
        package let key: String
        package let work: Work
        /// Cycles that came due since the last one began, and never did begin.
        package let missed: Int
    }

    package struct Tick: Sendable, Hashable {
        /// To begin now; each must be followed by ``CycleSchedule/ended(_:succeeded:at:)``.
        package var due: [Due] = []
        /// Cycles of suspended protections that came due.
        package var missed: [String: Int] = [:]
        /// When to look again; nil when only an ending or a change can bring something.
        package var next: Timestamp?
    }

    private let transfersMax: Int
    private var entries: [String: ScheduleEntry] = [:]
    private var queue = DueQueue()
    private var running = 0

    package init(transfersMax: Int = Limits.transfersMax) {
        precondition(transfersMax > 0, "a schedule that may begin nothing leads nothing")
        self.transfersMax = transfersMax
    }

    /// How many are under way.
    package var underWay: Int { running }

    /// Takes a protection that is new, or has changed.
    package mutating func adopt(_ protection: ProtectionSummary, at now: Timestamp) {
        var entry = entries[protection.key] ?? ScheduleEntry(protection, now: now)
        entry.adopt(protection, now: now)
        put(entry, protection.key)
    }

    package mutating func forget(_ key: String) {
        guard var entry = entries[key] else { return }
        entry.plan = .nothing
        put(entry, key)
        if !entry.isRunning { entries[key] = nil }
    }

    /// What was begun has come to its end.
    package mutating func ended(_ key: String, succeeded: Bool, at now: Timestamp) {
        guard var entry = entries[key], entry.isRunning else { return }
        running -= 1
        entry.end(succeeded: succeeded, now: now)
        put(entry, key)
    }

    package mutating func tick(at now: Timestamp) -> Tick {
        var tick = Tick()
        while let (key, at) = queue.first(), at <= now, var entry = entries[key] {
            if entry.plan == .suspended {
                tick.missed[key, default: 0] += entry.miss(now: now)
            } else {
                guard running < transfersMax else { break }
                running += 1
                tick.due.append(entry.begin(key, now: now))
            }
            put(entry, key)
        }
        let isFull = running == transfersMax
        tick.next = queue.first().flatMap { isFull && $0.at <= now ? nil : $0.at }
        return tick
    }

    private mutating func put(_ entry: ScheduleEntry, _ key: String) {
        entries[key] = entry
        queue.set(key, entry.dueAt)
    }
}
