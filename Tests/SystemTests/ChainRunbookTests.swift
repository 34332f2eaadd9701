// F-8 by the product's runbook and nobody's hand: the chain is broken behind the machine, the
// machine comes home, and the chain is made again on what its end has kept. What three disks hold
// is compared byte for byte, and by the hashes that replication carried.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct ChainRunbookTests {
    private static let arguments = [
        "run", "fail-back-chain", "--param", "vm=sql01", "--param", "home=oslo", "--param",
        "interval=15m",
    ]

    @Test(arguments: [false, true])
    func `F-8 fail-back-chain brings a machine home and its chain to the end, unattended`(
        isKilled: Bool
    ) async throws {
        try await Self.failedOver { lab, content in
            var run = try lab.program.start(["--lab", lab.path] + Self.arguments)
            // C is kept while it is nobody's.
            _ = try await run.line(containing: "tromso/sql01 is kept as it is")
            if isKilled {
                // Nobody is asked, so nothing holds the run until the test has read its line: on
                // a machine that has other things to do it may have come to its end by then.
                if try await run.stop(with: SIGKILL) == .signal(SIGKILL) {
                    try await lab.expect(0, "resume", says: ["replicated on to tromso"])
                }
            } else {
                #expect(try await run.end() == .code(0))
            }
            // Nobody was asked.
            #expect(try await lab.json("report", "2")["questions"].list.isEmpty)
            try await Self.expectHome(lab, holding: content)
            // What C had did not travel again: of its sixteen blocks three are others.
            let sent = try await lab.json("measure", "sql01:extended")["maximum_size"].integer
            #expect((sent ?? .max) < 4 * 65_536, "\(sent ?? -1)")
        }
    }

    @Test func `F-8 a broken chain is made again from the orphan that is left of it`()
        async throws
    {
        try await Self.failedOver { lab, content in
            try await lab.expect(
                4, "reverse", "sql01", says: ["[replication.extended_stands]", "sql01:extended"])
            try await lab.done("unprotect", "sql01:extended")
            #expect(try await lab.orphans() == ["tromso/sql01"])
            try await lab.expect(0, "reverse", "sql01", says: ["bergen/sql01 → oslo/sql01"])
            #expect(try await lab.orphans() == ["tromso/sql01"])
            try await lab.expect(0, Self.arguments, says: ["replicated on to tromso"])
            try await Self.expectHome(lab, holding: content)
        }
    }

    /// The chain after Oslo was lost: sql01 runs at Bergen, wrote there, and Oslo is back.
    private static func failedOver(
        _ work: (Lab, _ content: Data) async throws -> Void
    ) async throws {
        try await Lab.standing { lab in
            try await lab.makeChain()
            try await lab.done("site", "lose", "oslo")
            try await lab.done("failover", "unplanned", "sql01", "--accept-loss")
            try await lab.done("failover", "complete", "sql01")
            let changed = try lab.image(
                "changed.img", bytes: 1 << 20,
                content: String(repeating: "written at bergen ", count: 5000))
            try await lab.done("vm", "write", "sql01", "--from", changed.path)
            try await lab.done("site", "heal", "oslo")
            try await work(lab, try Data(contentsOf: changed))
        }
    }

    private static func expectHome(_ lab: Lab, holding content: Data) async throws {
        let home = try await lab.json("vm", "show", "sql01")
        #expect(home["site"] == "oslo")
        #expect(home["power"] == "running")
        let states = try await lab.json("status", "sql01", "sql01:extended").list
        #expect(states.map { $0["state"] } == ["replicating", "replicating"])
        for machine in ["oslo/sql01", "bergen/sql01", "tromso/sql01"] {
            #expect(try await lab.disk(of: machine) == content, "\(machine)")
        }
        for key in ["sql01", "sql01:extended"] {
            try await lab.expect(0, "prove", key, says: ["holds what replication brought"])
        }
        #expect(try await lab.orphans().isEmpty)
        // The chain goes on: what is written at home comes to its end.
        let later = try lab.image("later.img", bytes: 1 << 20, content: "written at home")
        try await lab.done("vm", "write", "sql01", "--from", later.path)
        try await lab.done("sync", "sql01")
        try await lab.done("sync", "sql01:extended")
        #expect(try await lab.disk(of: "tromso/sql01") == Data(contentsOf: later))
    }
}
