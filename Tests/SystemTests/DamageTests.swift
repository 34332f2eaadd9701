// What is damaged is noticed and named, and nothing is built upon it.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct DamageTests {
    @Test(arguments: ["header", "truncated", "page"])
    func `a damaged database is named by every command`(_ damage: String) async throws {
        try await Lab.standing { lab in
            let file = try FileHandle(forUpdating: URL(filePath: "\(lab.path)/muster.db"))
            switch damage {
            case "header": try file.write(contentsOf: Data(repeating: 0x58, count: 64))
            case "truncated": try file.truncate(atOffset: 9000)
            default:
                try file.seek(toOffset: 3 * 4096)
                try file.write(contentsOf: Data(repeating: 0xA5, count: 8192))
            }
            try file.close()
            for command in [["status"], ["runs"], ["sync", "--all"]] {
                let outcome = try await lab.program.run(["--lab", lab.path] + command)
                #expect(outcome.status == .code(1), "\(outcome)")
                for word in ["muster.db is damaged", "restore a backup", "[store.damaged]"] {
                    #expect(outcome.errors.contains(word), "\(outcome)")
                }
            }
        }
    }

    @Test func `a damaged undo log stops the way back to its point, and is named`() async throws {
        try await Lab.pair(points: 3) { lab in
            for round in 1...2 {
                try await lab.done("vm", "write", "web", "--from", lab.changed(round).path)
                try await lab.done("sync", "web")
            }
            let undo = "\(lab.path)/sites/bergen/replication/web/undo"
            let logs = try FileManager.default.contentsOfDirectory(atPath: undo).sorted()
            let log = URL(filePath: "\(undo)/\(try #require(logs.last))")
            var bytes = try Data(contentsOf: log)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: log)
            try await lab.done("site", "lose", "oslo")
            try lab.runbook(
                "back.lua",
                """
                return runbook { summary = "Goes back", run = function()
                  replication.failover("web", { kind = "unplanned", point = 1 })
                end }
                """)
            try await lab.expect(1, "run", "back", says: [log.lastPathComponent, "back.lua:2:"])
            let machine = try await lab.json("vm", "show", "bergen/web")
            #expect(machine["role"] == "replica", "nothing damaged becomes production")
        }
    }

    @Test func `a damaged replication log is named and not applied`() async throws {
        try await Lab.pair { lab in
            let before = try await lab.disk(of: "bergen/web")
            try await lab.done("vm", "write", "web", "--from", lab.changed(1).path)
            let log = "\(lab.path)/sites/bergen/replication/web/inbox/0000000001-0000000002.log"
            try Data(repeating: 0xA5, count: 5000).write(to: URL(filePath: log))
            try await lab.expect(
                1, "sync", "web",
                says: [log, "[replication.log_damaged]", "nothing of it was applied"])
            #expect(try await lab.disk(of: "bergen/web") == before)
            try await lab.done("sync", "web")
            let primary = try await lab.disk(of: "oslo/web")
            #expect(try await lab.disk(of: "bergen/web") == primary)
        }
    }

    @Test func `a disk that was changed behind our back is equal again after the next cycle`()
        async throws
    {
        try await Lab.pair { lab in
            try await lab.done("vm", "stop", "web")
            let shown = try await lab.json("vm", "show", "oslo/web")
            let disk = URL(filePath: try #require(shown["disks"][0]["path"].text))
            let file = try FileHandle(forUpdating: disk)
            try file.seek(toOffset: 700_000)
            try file.write(contentsOf: Data("behind our back".utf8))
            try file.close()
            try await lab.done("sync", "web")
            let primary = try await lab.disk(of: "oslo/web")
            #expect(try await lab.disk(of: "bergen/web") == primary)
            #expect(primary[700_000...].starts(with: Data("behind our back".utf8)))
        }
    }

    @Test func `a replica that was changed behind our back is noticed and mended`() async throws {
        try await Lab.pair { lab in
            let shown = try await lab.json("vm", "show", "bergen/web")
            let disk = URL(filePath: try #require(shown["disks"][0]["path"].text))
            let file = try FileHandle(forUpdating: disk)
            try file.seek(toOffset: 300_000)
            try file.write(contentsOf: Data("somebody".utf8))
            try file.close()
            try await lab.done("vm", "write", "web", "--from", lab.changed(1).path)
            try await lab.expect(
                1, "sync", "web", says: ["bergen/web", "the next cycle compares all blocks"])
            try await lab.done("sync", "web")
            #expect(try await lab.disk(of: "bergen/web") == lab.disk(of: "oslo/web"))
        }
    }
}

extension Lab {
    /// Two sites and one running machine `web` of a mebibyte, protected and copied.
    static func pair(points: Int = 1, _ work: (Lab) async throws -> Void) async throws {
        try await scratch { lab in
            try await lab.makePair(points: points)
            try await work(lab)
        }
    }

    func makePair(points: Int = 1) async throws {
        try await found()
        try await done(
            "vm", "import", "web", "--site", "oslo", "--disk", changed(0).path, "--nic", "tenant")
        try await done("protect", "web", "--target", "bergen", "--points", "\(points)")
        try await done("sync", "web")
        try await done("vm", "start", "web")
    }

    /// The machine's disk as its guest has it after `round` rounds of work.
    func changed(_ round: Int) throws -> URL {
        try image(
            "round-\(round).img", bytes: 1 << 20,
            content: String(repeating: "round \(round) ", count: 20_000 * (round + 1) / (round + 2))
        )
    }
}
