// Death by `kill -9`, with real processes: wherever it comes, the run goes on after the last thing
// that was written down, and ends as if nothing had been. Nothing is done twice, nothing is left
// out.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)), .serialized) struct DeathTests {
    /// Where the deaths are sown; another seed finds other places.
    private static let seed: UInt64 =
        ProcessInfo.processInfo.environment["MUSTER_DEATH_SEED"].flatMap(UInt64.init) ?? 20_261_121
    private static let deaths = 36

    @Test func `a planned failover that is killed anywhere ends as an undisturbed one`()
        async throws
    {
        let undisturbed = try await Ending.ofPlanned(killedAt: nil)
        #expect(undisturbed.status == .code(0))
        var random = SplitMix(state: Self.seed)
        let places = (0..<Self.deaths).map { index in
            // One in each stretch of its life, so that none is left out.
            let stretch = Double(undisturbed.writes) / Double(Self.deaths)
            return max(1, Int((Double(index) + random.fraction()) * stretch))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in places {
                group.addTask {
                    let ending = try await Ending.ofPlanned(killedAt: place)
                    ending.expectEqual(
                        to: undisturbed, "seed \(Self.seed), killed at write \(place)")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a question stays open through two deaths of the engine`() async throws {
        let undisturbed = try await Ending.ofPlanned(killedAt: nil)
        try await Lab.standing { lab in
            for arguments in [["run", "management-stamp", "--kind", "planned"], ["resume"]] {
                var run = try lab.program.start(["--lab", lab.path] + arguments)
                _ = try await run.line(containing: "? ")
                try await run.stop(with: SIGKILL)
                #expect(try await lab.json("tasks").list.map { $0["id"] } == [1])
            }
            try await lab.done("answer", "1", "yes")
            let last = try await lab.muster("resume")
            let ending = try await Ending(lab, last.status, writes: 0)
            ending.expectEqual(to: undisturbed, "the question was open all the time")
        }
    }
}

/// How a planned failover of the stamp ended: what stands, what the disks hold, what the report
/// says.
private struct Ending: Sendable {
    let status: ExitStatus
    let writes: Int
    private let machines: JSON
    private let protections: JSON
    private let report: JSON
    private let acts: [String]
    private let disks: [Int]

    private static let times: Set = [
        "at", "begun_at", "ended_at", "created_at", "started_at", "asked_at", "settled_at",
        "deadline", "seconds", "loss_seconds", "latest_cut_at", "acts", "succeeded",
        "measured_seconds", "prediction",
        // Its number counts cuts, and a preparation that died cuts once more. Its hashes count.
        "point",
    ]

    /// Runs the stamp, kills it at that write, and lets another engine bring it to its end.
    static func ofPlanned(killedAt place: Int?) async throws -> Ending {
        var ending: Ending?
        try await Lab.standing { lab in
            var (status, writes) = try await lead(
                ["run", "management-stamp", "--kind", "planned"], in: lab, killedAt: place)
            if status == .signal(SIGKILL) {
                let wasWritten = try await lab.json("runs").list.count == 2
                // Before its first line in the store there is nothing to go on with.
                let again = ["run", "management-stamp", "--kind", "planned"]
                (status, _) = try await lead(
                    wasWritten ? ["resume"] : again, in: lab, killedAt: nil)
            }
            ending = try await Ending(lab, status, writes: writes)
        }
        guard let ending else { throw Complaint("the lab was not used") }
        return ending
    }

    private static func lead(
        _ arguments: [String], in lab: Lab, killedAt place: Int?
    ) async throws -> (ExitStatus, Int) {
        var run = try lab.program.start(["--lab", lab.path] + arguments)
        let writes = try StoreWrites(of: lab, killing: run.processID, at: place ?? .max)
        while let line = await run.nextLine() {
            if line.hasPrefix("? "), let task = try await lab.json("tasks")[0]["id"].integer {
                try await lab.done("answer", "\(task)", "yes")
            }
        }
        return (try await run.end(), await writes.end())
    }

    init(_ lab: Lab, _ status: ExitStatus, writes: Int) async throws {
        self.status = status
        self.writes = writes
        machines = try await lab.json("vm", "list")
        protections = try await lab.json("status").without(Self.times)
        let whole = try await lab.json("report", "2")
        report = whole.without(Self.times)
        acts = whole["acts"].list.map { act in
            let place = "\(act["branch"].text ?? "") \(act["sequence"].integer ?? 0)"
            return "\(place) \(act["primitive"].text ?? "") \(act["outcome"].text ?? "")"
        }.sorted()
        var disks: [Int] = []
        for name in StandingLab.machines {
            for site in ["oslo", "bergen"] {
                // The image itself: ten more commands for each death would be its better half.
                let path = "\(lab.path)/sites/\(site)/machines/\(name)/disk0.raw"
                disks.append(try Data(contentsOf: URL(filePath: path)).hashValue)
            }
        }
        self.disks = disks
    }

    func expectEqual(to other: Ending, _ comment: Comment) {
        guard status == other.status else {
            let failure = report["run"]["failure"]["message"].text ?? "no failure"
            Issue.record("\(comment): \(status), \(failure)")
            return
        }
        let differing = [
            ("machines", machines == other.machines),
            ("protections", protections == other.protections),
            ("report", report == other.report), ("acts", acts == other.acts),
            ("disks", disks == other.disks),
        ].filter { !$0.1 }.map(\.0)
        #expect(differing.isEmpty, comment)
        #expect(acts == other.acts, comment)
    }
}

/// The generator of the places: small, and the same on every machine.
private struct SplitMix {
    var state: UInt64

    mutating func fraction() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
    }
}
