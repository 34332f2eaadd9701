// The schedule as dialogues: records and instants in, what is due out.
import Model
import Testing

@testable import Replication

@Suite struct CycleScheduleTests {
    private let start = Timestamp(microseconds: 1_800_000_000_000_000)

    private func at(_ seconds: Int) -> Timestamp { start + .seconds(seconds) }

    private func record(
        _ vm: String = "web", _ interval: ReplicationInterval = .fiveMinutes,
        state: ProtectionState = .replicating, cutAt: Int? = 0
    ) -> Protection {
        var protection = Protection(
            vm: vm, primary: MachineID(site: "oslo", name: vm),
            replica: MachineID(site: "bergen", name: vm), interval: interval, isCompressed: true,
            pointsKept: 1, disks: [], excludedDisks: [], epoch: 0)
        protection.state = state
        protection.statistics.lastCutAt = cutAt.map { at($0) }
        return protection
    }

    @Test(arguments: [ReplicationInterval.thirtySeconds, .fiveMinutes, .fifteenMinutes])
    func `R-8 a cycle begins an interval after the last one began`(
        _ interval: ReplicationInterval
    ) {
        let seconds = Int(interval.duration.components.seconds)
        var schedule = CycleSchedule()
        schedule.adopt(record("web", interval), at: at(1))
        #expect(schedule.tick(at: at(1)).next == at(seconds))
        #expect(schedule.tick(at: at(seconds - 1)).due.isEmpty)
        let tick = schedule.tick(at: at(seconds))
        #expect(tick.due == [CycleSchedule.Due(key: "web", work: .cycle, missed: 0)])
        #expect(tick.next == nil)
        schedule.ended("web", succeeded: true, at: at(seconds + 7))
        #expect(schedule.tick(at: at(seconds + 7)).next == at(2 * seconds))
    }

    @Test func `R-8 continuous cycles follow one another, a breath between them`() {
        var schedule = CycleSchedule()
        schedule.adopt(record("web", .continuous), at: at(0))
        var now = at(1)
        for _ in 0..<50 {
            #expect(schedule.tick(at: now).due.map(\.key) == ["web"])
            now = now + .milliseconds(300)
            schedule.ended("web", succeeded: true, at: now)
            let next = schedule.tick(at: now).next
            #expect(next == now + Limits.continuousPause)
            now = next ?? now
        }
    }

    @Test func `R-8 a continuous cycle that found nothing rests half a second`() {
        var schedule = CycleSchedule()
        var protection = record("web", .continuous)
        schedule.adopt(protection, at: at(0))
        for (changed, pause) in [
            (Int64(0), Limits.continuousRest), (7, Limits.continuousPause),
            (0, Limits.continuousRest),
        ] {
            let now = schedule.tick(at: at(0)).next ?? at(1)
            #expect(schedule.tick(at: now).due.count == 1)
            protection.statistics.succeed(cutAt: now, now: now, bytes: 1, changed: changed)
            schedule.adopt(protection, at: now)
            schedule.ended("web", succeeded: true, at: now)
            #expect(schedule.tick(at: now).next == now + pause)
        }
    }

    @Test func `R-18 cycles that could not begin are counted as missed`() {
        var schedule = CycleSchedule()
        schedule.adopt(record(), at: at(0))
        // The engine was away for an hour: eleven cycles came due and never began, one begins now.
        #expect(schedule.tick(at: at(3600)).due.first?.missed == 11)
        // It lasts through two more.
        schedule.ended("web", succeeded: true, at: at(3600 + 700))
        #expect(schedule.tick(at: at(3600 + 700)).due.first?.missed == 1)
    }

    @Test func `R-20 a suspended protection never comes due and misses a cycle each interval`() {
        var schedule = CycleSchedule()
        schedule.adopt(record(state: .suspended), at: at(0))
        var missed = 0
        var now = at(0)
        while now < at(3600) {
            let tick = schedule.tick(at: now)
            #expect(tick.due.isEmpty)
            missed += tick.missed["web"] ?? 0
            now = tick.next ?? at(9999)
        }
        #expect(missed == 11)
        schedule.adopt(record(), at: at(3590))
        #expect(schedule.tick(at: at(3600)).due == [.init(key: "web", work: .cycle, missed: 0)])
    }

    @Test func `R-13 a first copy begins at its time, and without one only by hand`() {
        var schedule = CycleSchedule()
        var timed = record("timed", state: .readyForInitialReplication, cutAt: nil)
        timed.terms.firstCopyAt = at(7200)
        schedule.adopt(timed, at: at(0))
        schedule.adopt(
            record("untimed", state: .readyForInitialReplication, cutAt: nil), at: at(0))
        #expect(schedule.tick(at: at(7199)) == .init(due: [], missed: [:], next: at(7200)))
        let due = schedule.tick(at: at(7200)).due
        #expect(due == [.init(key: "timed", work: .firstCopy, missed: 0)])
        var died = record("died", state: .initialReplication, cutAt: nil)
        schedule.adopt(died, at: at(7200))
        #expect(schedule.tick(at: at(7200)).due.map(\.key) == ["died"])
        // A copy on its way by external media is not made again.
        died.vm = "exported"
        died.terms.exportedAt = at(0)
        schedule.adopt(died, at: at(7200))
        #expect(schedule.tick(at: at(99_999)).due.isEmpty)
    }

    @Test func `R-21 a resync begins at once, or at the time it was put off to`() {
        var schedule = CycleSchedule()
        schedule.adopt(record("now", state: .waitingForResync), at: at(0))
        var later = record("later", state: .waitingForResync)
        later.terms.resyncAt = at(600)
        schedule.adopt(later, at: at(0))
        #expect(schedule.tick(at: at(0)).due.map(\.key) == ["now"])
        #expect(schedule.tick(at: at(599)).due.isEmpty)
        #expect(schedule.tick(at: at(600)).due == [.init(key: "later", work: .cycle, missed: 0)])
    }

    @Test func `a failed cycle is tried again after pauses that double up to a quarter hour`() {
        var schedule = CycleSchedule()
        var failing = record("web", .fiveMinutes)
        schedule.adopt(failing, at: at(0))
        var now = at(300)
        var pauses: [Int64] = []
        for _ in 0..<8 {
            #expect(schedule.tick(at: now).due.count == 1)
            failing.state = .error
            failing.statistics.fail(Failure(.refused, "no"), now: now)
            schedule.adopt(failing, at: now)
            schedule.ended("web", succeeded: false, at: now)
            schedule.adopt(failing, at: now)
            let next = schedule.tick(at: now).next ?? now
            pauses.append((next - now).components.seconds)
            now = next
        }
        #expect(pauses == [30, 60, 120, 240, 480, 900, 900, 900])
        #expect(schedule.tick(at: now).due.count == 1)
        failing.state = .replicating
        failing.statistics.succeed(cutAt: now, now: now, bytes: 1)
        schedule.adopt(failing, at: now)
        schedule.ended("web", succeeded: true, at: now)
        #expect(schedule.tick(at: now).next == now + .seconds(300))
    }

    @Test func `R-23 no more than the limit run at once, and the longest due goes first`() {
        var schedule = CycleSchedule(transfersMax: 2)
        for (number, vm) in ["c", "a", "b"].enumerated() {
            schedule.adopt(record(vm, cutAt: number), at: at(0))
        }
        let tick = schedule.tick(at: at(1000))
        #expect(tick.due.map(\.key) == ["c", "a"])
        #expect(tick.next == nil)
        #expect(schedule.underWay == 2)
        schedule.ended("a", succeeded: true, at: at(1001))
        #expect(schedule.tick(at: at(1001)).due.map(\.key) == ["b"])
        schedule.forget("c")
        schedule.ended("c", succeeded: true, at: at(1002))
        #expect(schedule.underWay == 1)
        #expect(schedule.tick(at: at(1002)).next == at(1300))
    }

    @Test func `what a person did in between moves the next cycle`() {
        var schedule = CycleSchedule()
        schedule.adopt(record(), at: at(0))
        schedule.adopt(record(cutAt: 200), at: at(201))
        #expect(schedule.tick(at: at(300)) == .init(due: [], missed: [:], next: at(500)))
        schedule.adopt(record(state: .preparedForFailover, cutAt: 200), at: at(301))
        #expect(schedule.tick(at: at(9999)) == .init())
    }

    @Test func `a thousand random steps begin each protection as often as it came due`() {
        var generator = SeededGenerator(seed: 7)
        var schedule = CycleSchedule(transfersMax: 3)
        var begun: [String: Int] = [:]
        var missed: [String: Int] = [:]
        for number in 0..<8 { schedule.adopt(record("vm\(number)", .thirtySeconds), at: at(0)) }
        var running: [String] = []
        for second in 1...6000 {
            let now = at(second)
            if !running.isEmpty, generator.next() % 3 == 0 {
                schedule.ended(running.removeFirst(), succeeded: true, at: now)
            }
            for due in schedule.tick(at: now).due {
                begun[due.key, default: 0] += 1
                missed[due.key, default: 0] += due.missed
                running.append(due.key)
            }
            #expect(running.count <= 3 && Set(running).count == running.count, "seed 7")
        }
        for number in 0..<8 {
            let all = begun["vm\(number)", default: 0] + missed["vm\(number)", default: 0]
            #expect((150...200).contains(all), "seed 7, vm\(number): \(all)")
        }
    }
}

extension CycleSchedule {
    fileprivate mutating func adopt(_ protection: Protection, at now: Timestamp) {
        adopt(ProtectionSummary(protection), at: now)
    }
}
