// A house of 10,000 protected machines: what a look at all of them costs, what the schedule does
// with them, and the memory of the engine that serves them.
import Foundation
import Model
import Replication

enum ManyProtections {
    static let count = 10_000

    static var comparisons: [Comparison] {
        let scene = Scene()
        return [
            status(scene, "status of 10,000 protections", [], wanted: .atMost(50)),
            status(scene, "status --json of 10,000 protections", ["--json"], wanted: .nothing),
            wholeStatus(scene), tick, memory(scene),
        ]
    }

    /// What 10,000 protections add to the command: its time in their lab, less its time in a lab
    /// that has none, by turns.
    private static func status(
        _ scene: Scene, _ name: String, _ options: [String], wanted: Comparison.Wanted
    ) -> Comparison {
        Comparison(
            name: name, unit: .cost("ms"), wanted: wanted, rounds: 15,
            ours: {
                let (full, empty) = (try await scene.world().folder, try await scene.empty().folder)
                let start = try await milliseconds(["--lab", empty, "status"] + options)
                return try await milliseconds(["--lab", full, "status"] + options) - start
            }, peer: nil)
    }

    private static func wholeStatus(_ scene: Scene) -> Comparison {
        Comparison(
            name: "muster status, the whole command", unit: .cost("ms"), wanted: .nothing,
            rounds: 15,
            ours: { try await milliseconds(["--lab", scene.world().folder, "status"]) },
            peer: Comparison.Peer(name: "muster status where there is none") {
                try await milliseconds(["--lab", scene.empty().folder, "status"])
            })
    }

    private static func milliseconds(_ arguments: [String]) async throws -> Double {
        try await seconds { try ChildProcess.run(ChildProcess.muster, arguments) } * 1_000
    }

    /// 333 of 10,000 come due in each of the seconds; with their beginnings and endings.
    private static var tick: Comparison {
        Comparison(
            name: "tick over 10,000 protections", unit: .cost("ms"), wanted: .atMost(20), rounds: 9,
            ours: {
                var schedule = CycleSchedule(transfersMax: count)
                let start = MachineClock().now
                for number in 0..<count {
                    let cutAt = start + .seconds(number % 30 - 30)
                    let protection = protection(number, .thirtySeconds, cutAt: cutAt)
                    schedule.adopt(ProtectionSummary(protection), at: start)
                }
                let ticks = 30
                let spent = await seconds {
                    for second in 1...ticks {
                        let now = start + .seconds(second)
                        for due in schedule.tick(at: now).due {
                            schedule.ended(due.key, succeeded: true, at: now)
                        }
                    }
                }
                return spent / Double(ticks) * 1_000
            }, peer: nil)
    }

    /// The most that `muster serve` has held in its first ten seconds, while most of the cycles
    /// have come due and are led, six at once.
    private static func memory(_ scene: Scene) -> Comparison {
        Comparison(
            name: "memory of an engine with 10,000 protections", unit: .cost("MiB"),
            wanted: .atMost(400), rounds: 2,
            ours: {
                let folder = try await scene.world().folder
                let engine = try ChildProcess(
                    ChildProcess.muster, ["--lab", folder, "serve", "--listen", "127.0.0.1:0"])
                defer { engine.kill() }
                try await Task.sleep(for: .seconds(10))
                return engine.peakMebibytes
            }, peer: nil)
    }
}

extension ManyProtections {
    /// Labs that cost seconds to make are made when the first figure asks for them.
    private actor Scene {
        private var made: Laboratory?
        private var bare: Laboratory?

        func world() async throws -> Laboratory {
            if let made { return made }
            let laboratory = try await Laboratory()
            laboratory.giveUpLead()
            try makeMachines(in: laboratory)
            try await protect(in: laboratory)
            made = laboratory
            return laboratory
        }

        func empty() async throws -> Laboratory {
            if let bare { return bare }
            let laboratory = try await Laboratory()
            laboratory.giveUpLead()
            bare = laboratory
            return laboratory
        }
    }

    private static func name(_ number: Int) -> String {
        "vm" + String(String(100_000 + number).dropFirst())
    }

    private static let diskBytes = 1 << 20

    /// Machines with one sparse disk and their replicas, laid down as the fabric keeps them: made
    /// by its verbs, each durably and under the lab's lock, they would take minutes.
    private static func makeMachines(in laboratory: Laboratory) throws {
        for (site, role) in [("oslo", MachineRole.production), ("bergen", .replica)] {
            for number in 0..<count {
                let machine = VirtualMachine(
                    id: MachineID(site: site, name: name(number)), host: "\(site)-host",
                    disks: [Disk(name: "disk0", size: ByteCount(diskBytes))], role: role)
                let folder = "\(laboratory.folder)/sites/\(site)/machines/\(name(number))"
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true)
                let record = try JSONEncoder().encode(MachineFile(machine: machine))
                try record.write(to: URL(filePath: "\(folder)/machine.json"))
                try Data().write(to: URL(filePath: "\(folder)/disk0.raw"))
                guard truncate("\(folder)/disk0.raw", diskBytes) == 0 else {
                    throw CommandFailed(command: folder, status: errno)
                }
            }
        }
    }

    /// `machine.json`, as the embedded fabric reads it.
    private struct MachineFile: Encodable {
        let machine: VirtualMachine
        let blockBytes = 65_536
    }

    private static func protect(in laboratory: Laboratory) async throws {
        let ledger = StoreLedger(store: laboratory.store, clock: MachineClock())
        let now = MachineClock().now
        for start in stride(from: 0, to: count, by: 1000) {
            // Saves that come together share a commit.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in start..<start + 1000 {
                    group.addTask {
                        try await ledger.save(
                            protection(
                                number, .fiveMinutes, cutAt: now + .seconds(number % 300 - 300)))
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// A protection a day old, with 24 points and the history of its day. One in twenty had an
    /// error, one in a hundred stands still by one, one in a hundred is suspended.
    private static func protection(
        _ number: Int, _ interval: ReplicationInterval, cutAt: Timestamp
    ) -> Protection {
        let vm = name(number)
        var protection = Protection(
            vm: vm, primary: MachineID(site: "oslo", name: vm),
            replica: MachineID(site: "bergen", name: vm), interval: interval, isCompressed: true,
            pointsKept: 24, disks: [ProtectedDisk(name: "disk0", size: ByteCount(diskBytes))],
            excludedDisks: [], epoch: 1)
        switch number % 100 {
        case 7: protection.state = .error
        case 9: protection.state = .suspended
        default: protection.state = .replicating
        }
        let root = String(repeating: "0123456789abcdef", count: 4)
        let failure = Failure(.siteUnreachable, "site 'bergen' does not answer")
        for hour in -23...0 {
            let then = cutAt + .seconds(hour * 3600)
            protection.points.append(
                RecoveryPoint(
                    sequence: 24 + hour, generation: 1, kind: .standard, cutAt: then, roots: [root])
            )
            protection.statistics.succeed(
                cutAt: then, now: then + .seconds(1), bytes: 1 << 20, changed: 1 << 20)
            if number % 20 == 7 { protection.statistics.fail(failure, now: then) }
        }
        for key in 0..<Limits.operationsKept {
            protection.note("sync", key: "run 1/\(key)", point: key)
        }
        protection.sentSequence = 24
        protection.appliedSequence = 24
        return protection
    }
}
