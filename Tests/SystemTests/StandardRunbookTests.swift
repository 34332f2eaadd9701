// The runbooks of the product, each once by the program itself: what they leave, and that an abort
// or a death on the way leaves nothing that the next start does not bring to its end.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct StandardRunbookTests {
    @Test func `F-1 test-failover leaves nothing, answered, refused, aborted or killed`()
        async throws
    {
        try await Lab.standing { lab in
            let before = try await lab.json("vm", "list")
            let test = ["run", "test-failover", "--param", "vm=sql01"]
            try await lab.expect(5, test + ["--no-wait"])
            try await lab.expect(0, "vm", "show", "bergen/sql01-test", says: ["running"])
            try await lab.done("answer", "1", "yes")
            try await lab.expect(0, "resume", says: ["run 2: completed"])
            #expect(try await lab.json("vm", "list") == before)

            try await lab.expect(5, test + ["--no-wait"])
            try await lab.done("answer", "2", "no")
            try await lab.expect(1, "resume", says: ["the double of sql01 did not work"])
            #expect(try await lab.json("vm", "list") == before)

            try await lab.expect(5, test + ["--no-wait"])
            try await lab.done("abort", "4", "--reason", "the wrong night")
            #expect(try await lab.json("vm", "list") == before)

            var run = try lab.program.start(["--lab", lab.path] + test)
            _ = try await run.line(containing: "? ")
            try await run.stop(with: SIGKILL)
            try await lab.expect(0, "vm", "show", "bergen/sql01-test", says: ["running"])
            let task = try await lab.json("tasks")[0]["id"].integer ?? 0
            try await lab.done("answer", "\(task)", "yes")
            try await lab.done("resume")
            #expect(try await lab.json("vm", "list") == before)
            #expect(
                try await lab.json("runs").list.map { $0["state"] }.filter { $0 == "aborted" }.count
                    == 1)
        }
    }

    @Test func `F-7 fail-over-machine and fail-back-machine lead there and home, without loss`()
        async throws
    {
        try await Lab.standing { lab in
            try await lab.done("run", "fail-over-machine", "--param", "vm=sql01")
            let changed = try lab.image("changed.img", bytes: 1 << 20, content: "at bergen")
            try await lab.done("vm", "write", "sql01", "--from", changed.path)
            try await lab.expect(
                0, "run", "fail-back-machine", "--param", "vm=sql01", "--param", "home=oslo",
                says: ["sql01 is at oslo"])
            let home = try await lab.json("vm", "show", "sql01")
            #expect(home["site"] == "oslo")
            #expect(home["power"] == "running")
            #expect(home["state"] == "replicating")
            let disk = try await lab.disk(of: "oslo/sql01")
            #expect(try disk == Data(contentsOf: changed))
            #expect(try await lab.disk(of: "bergen/sql01") == disk)
            // What is at home is left alone.
            try await lab.done(
                "run", "fail-back-machine", "--param", "vm=sql01", "--param", "home=oslo")
            #expect(try await lab.json("vm", "show", "sql01") == home)
        }
    }

    @Test func `R-16 take-out-of-protection ends a chain from its end, and names what is left`()
        async throws
    {
        try await Lab.standing { lab in
            try await lab.makeChain()
            try await lab.expect(
                0, "run", "take-out-of-protection", "--param", "vm=sql01",
                says: [
                    "sql01:extended was replicating", "bergen/sql01 is left, turned off",
                    "tromso/sql01 is left",
                ])
            #expect(try await lab.json("vm", "show", "oslo/sql01")["power"] == "running")
            #expect(try await lab.orphans() == ["bergen/sql01", "tromso/sql01"])
            try await lab.expect(1, "status", "sql01", says: ["'sql01' is not protected"])
            try await lab.expect(
                0, "run", "take-out-of-protection", "--param", "vm=sql02", "--param",
                "delete_replica=true")
            #expect(try await lab.orphans() == ["bergen/sql01", "tromso/sql01"])
        }
    }

    @Test func `the add-on of a subscription covers its machines, the new ones too, until it ends`()
        async throws
    {
        try await Lab.standing { lab in
            let others = try await lab.json("status").list.count
            func add(_ name: String) async throws {
                let image = try lab.image("\(name).img", bytes: 1 << 20, content: name)
                try await lab.done(
                    "vm", "import", name, "--site", "oslo", "--disk", image.path,
                    "--subscription", "contoso")
            }
            func covered() async throws -> [String] {
                try await lab.json("status").list.compactMap { $0["key"].text }
                    .filter { $0.hasPrefix("web") }.sorted()
            }
            try await add("web01")
            try await lab.done(
                "run", "enable-dr-add-on", "--param", "subscription=contoso", "--param",
                "target=bergen")
            #expect(try await covered() == ["web01"])
            try await add("web02")
            try await lab.expect(
                0, "run", "protect-new-machines", says: ["web02 of contoso is protected at bergen"])
            #expect(try await covered() == ["web01", "web02"])
            #expect(try await lab.disk(of: "bergen/web02") == lab.disk(of: "oslo/web02"))
            try await lab.expect(
                0, "run", "disable-dr-add-on", "--param", "subscription=contoso", "--param",
                "delete_replicas=true", says: ["web01 is not protected any more"])
            #expect(try await covered().isEmpty)
            #expect(try await lab.orphans().isEmpty)
            try await add("web03")
            try await lab.done("run", "protect-new-machines")
            #expect(try await covered().isEmpty)
            #expect(try await lab.json("status").list.count == others)
        }
    }
}

extension Lab {
    /// sql01 from Oslo to Bergen, and on to Tromso; copied all the way.
    func makeChain() async throws {
        try await done("site", "add", "tromso")
        try await done("site", "host", "tromso", "tromso1")
        try await done("site", "switch", "tromso", "tenant")
        try await done("extend", "sql01", "--target", "tromso")
        try await done("sync", "sql01:extended")
    }

    /// The replicas that belong to no protection.
    func orphans() async throws -> [String] {
        try runbook(
            "list-orphans.lua",
            """
            return runbook { summary = "Lists orphans", run = function()
              for _, vm in ipairs(replication.orphans()) do
                job.note("orphan %s/%s", vm.site, vm.name)
              end
            end }
            """)
        let said = try await done("run", "list-orphans").output
        return said.split(separator: "\n").compactMap { line in
            line.range(of: "orphan ").map { String(line[$0.upperBound...]) }
        }.sorted()
    }
}
