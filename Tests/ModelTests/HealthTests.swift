// Health over its period, and what history keeps.
import Testing

@testable import Model

@Suite struct HealthTests {
    private let start = Timestamp(microseconds: 0) + .seconds(1_000_000_800)

    private func record() -> Protection {
        var record = Protection(
            vm: "web", primary: MachineID(site: "oslo", name: "web"),
            replica: MachineID(site: "bergen", name: "web"), interval: .fiveMinutes,
            isCompressed: true, pointsKept: 1, disks: [], excludedDisks: [], epoch: 0)
        record.state = .replicating
        return record
    }

    @Test(arguments: [(19, ReplicationHealth.normal), (20, .warning)])
    func `R-18 a fifth of the cycles missed warns`(_ missed: Int, _ health: ReplicationHealth) {
        var record = record()
        for _ in 0..<(100 - missed) {
            record.statistics.succeed(cutAt: start, now: start, bytes: 1)
        }
        record.statistics.miss(missed, now: start)
        #expect(ReplicationHealth(of: record, now: start) == health)
    }

    @Test func `R-18 what lies before the period is not looked at`() {
        var record = record()
        record.statistics.miss(100, now: start)
        record.statistics.fail(Failure(.refused, "no"), now: start)
        let late = start + .seconds(13 * 3600)
        record.statistics.succeed(cutAt: late, now: late, bytes: 1)
        #expect(ReplicationHealth(of: record, now: late) == .normal)
        record.terms.monitoringSeconds = 14 * 3600
        #expect(ReplicationHealth(of: record, now: late) == .warning)
    }

    @Test func `R-18 state alone decides what is critical, and what warns`() {
        var record = record()
        record.statistics.succeed(cutAt: start, now: start, bytes: 1)
        let critical: Set<ProtectionState> = [.error, .waitingForResync, .resyncSuspended]
        let warning: Set<ProtectionState> = [
            .suspended, .readyForInitialReplication, .initialReplication, .resyncing,
        ]
        for state in ProtectionState.allCases {
            record.state = state
            let expected: ReplicationHealth =
                critical.contains(state) ? .critical : warning.contains(state) ? .warning : .normal
            #expect(ReplicationHealth(of: record, now: start) == expected, "\(state)")
        }
    }

    @Test func `history forgets the hours that nobody can ask for`() {
        var history = CycleHistory()
        for hour in 0..<200 {
            history.add(at: start + .seconds(hour * 3600)) { $0.succeeded += 1 }
        }
        let all = history.counts(since: Timestamp(microseconds: 0))
        #expect(all.succeeded == 25)
    }

    @Test func `R-15 an extended interval is not shorter than the one before it`() throws {
        let allowed: [ReplicationInterval: [ReplicationInterval]] = [
            .thirtySeconds: [.thirtySeconds, .fiveMinutes, .fifteenMinutes],
            .fiveMinutes: [.fiveMinutes, .fifteenMinutes],
            .fifteenMinutes: [.fifteenMinutes],
            .continuous: ReplicationInterval.allCases,
        ]
        for upstream in ReplicationInterval.allCases {
            let found = ReplicationInterval.allCases.filter {
                (try? $0.check(after: upstream, of: "web")) != nil
            }
            #expect(Set(found) == Set(allowed[upstream] ?? []), "\(upstream)")
        }
    }

    @Test(arguments: ProtectionState.allCases)
    func `R-17 a refusal speaks in words`(_ state: ProtectionState) {
        for event in ProtectionState.Event.allCases {
            do { _ = try state.after(event) } catch {
                let words = error.message.split { !$0.isLetter }
                let crooked = words.filter { $0.dropFirst().contains(where: \.isUppercase) }
                #expect(crooked.isEmpty, "\(error.message)")
            }
        }
    }
}
