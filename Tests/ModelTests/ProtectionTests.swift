// The record of a protection: operations it remembers, intervals, health.
import Foundation
import Testing

@testable import Model

@Suite struct ProtectionTests {
    private func protection() -> Protection {
        Protection(
            vm: "web", primary: MachineID(site: "oslo", name: "web"),
            replica: MachineID(site: "bergen", name: "web"), interval: .fiveMinutes,
            isCompressed: true, pointsKept: 3,
            disks: [ProtectedDisk(name: "disk0", size: ByteCount(4096))], excludedDisks: [],
            epoch: 1)
    }

    @Test func `R-8 three intervals and continuous are taken and all else is refused`() throws {
        for text in ["30s", "5m", "15m", "continuous"] {
            #expect(try ReplicationInterval(text: text).rawValue == text)
        }
        for text in ["", "31s", "300s", "10m", "1h", "30"] {
            let failure = try #require(throws: Failure.self) { try ReplicationInterval(text: text) }
            #expect(failure.code == .intervalInvalid)
            #expect(failure.message.contains("30s, 5m, 15m"))
        }
    }

    @Test func `an operation is remembered by its key, and the oldest give way`() {
        var record = protection()
        for number in 0..<20 { record.note("sync", key: "run-\(number)", point: number) }
        #expect(record.operations.count == Limits.operationsKept)
        #expect(record.operation("run-3") == nil)
        #expect(record.operation("run-19")?.point == 19)
        record.note("sync", key: nil)
        #expect(record.operations.last?.key == "run-19")
    }

    @Test func `the record survives its own JSON`() throws {
        var record = protection()
        record.points = [
            RecoveryPoint(
                sequence: 3, generation: 2, kind: .appConsistent, cutAt: Timestamp(microseconds: 7))
        ]
        record.failover = FailoverRecord(
            kind: .unplanned, point: 3, epoch: 4, reason: "fire", at: Timestamp(microseconds: 5))
        record.test = TestFailoverRecord(machine: record.replica, point: 3)
        let text = try JSONEncoder().encode(record)
        #expect(try JSONDecoder().decode(Protection.self, from: text) == record)
    }

    @Test func `R-18 health follows state, age and failed cycles`() {
        let now = Timestamp(microseconds: 0) + .seconds(100_000)
        var record = protection()
        record.state = .replicating
        #expect(ReplicationHealth(of: record, now: now) == .warning)
        record.statistics.succeed(cutAt: now, now: now, bytes: 10)
        #expect(ReplicationHealth(of: record, now: now) == .normal)
        #expect(ReplicationHealth(of: record, now: now + .seconds(3601)) == .warning)
        record.statistics.fail(Failure(.refused, "no"), now: now)
        #expect(ReplicationHealth(of: record, now: now) == .warning)
        record.state = .error
        #expect(ReplicationHealth(of: record, now: now) == .critical)
        record.state = .suspended
        #expect(ReplicationHealth(of: record, now: now) == .warning)
    }
}
