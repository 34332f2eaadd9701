// One machine by runbook: the four ways of a planned failover, who may have a machine, and whose
// machines a runbook sees.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct MachineRunbookTests {
    @Test(arguments: [true, false], [true, false])
    func `a planned failover reverses and starts when it is asked to`(
        reverse: Bool, start: Bool
    ) async throws {
        try await Lab.standing { lab in
            let disk = try await lab.disk(of: "oslo/sql01")
            try await lab.done(
                "run", "fail-over-machine", "--param", "vm=sql01", "--param",
                "reverse=\(reverse)", "--param", "start=\(start)")
            let there = try await lab.json("vm", "show", "bergen/sql01")
            #expect(there["role"] == "production")
            #expect(there["power"] == (start ? "running" : "off"))
            #expect(there["state"] == (reverse ? "replicating" : "failed-over-waiting-completion"))
            let here = try await lab.json("vm", "show", "oslo/sql01")
            #expect(here["role"] == "replica")
            #expect(here["power"] == "off")
            #expect(try await lab.json("vm", "show", "sql01")["site"] == "bergen")
            #expect(try await lab.disk(of: "bergen/sql01") == disk)
            try await lab.expect(4, "vm", "start", "oslo/sql01", says: ["replica"])
            let stamp = try await lab.expect(
                5, "run", "management-stamp", "--kind", "planned", "--no-wait",
                says: ["sql01 is at bergen already"])
            #expect(stamp.output.contains("fail over sql02"), "\(stamp)")
        }
    }

    @Test func `a machine belongs to one run at a time`() async throws {
        try await Lab.standing { lab in
            try await lab.expect(5, "run", "management-stamp", "--kind", "planned", "--no-wait")
            let before = try await lab.json("vm", "list")
            try await lab.expect(
                4, "run", "fail-over-machine", "--param", "vm=vmm01",
                says: ["run 2 works on it", "muster abort 2", "fail-over-machine.lua:"])
            try await lab.expect(
                3, "run", "management-stamp", "--kind", "planned", says: ["run 2 works on it"])
            #expect(try await lab.json("vm", "list") == before)
            try await lab.done("answer", "1", "yes")
            try await lab.done("resume", "2")
            try await lab.expectProduction(at: "bergen", running: true)
        }
    }

    @Test
    func `a runbook of one tenant that names another's machine is refused, and it is written down`()
        async throws
    {
        try await Lab.standing { lab in
            let before = try await lab.json("vm", "list")
            try await lab.expect(
                4, "run", "fail-over-machine", "--scope", "contoso", "--param", "vm=sql01",
                says: ["oslo/sql01 belongs to operations", "contoso only", "[scope.refused]"])
            let report = try await lab.json("report", "2")
            #expect(report["run"]["scope"] == "contoso")
            let act = report["acts"].list.last ?? .null
            #expect(act["primitive"] == "fabric.vm")
            #expect(act["outcome"] == "failure")
            #expect(act["returned"]["code"] == "scope.refused")
            #expect(try await lab.json("vm", "list") == before)
            try await lab.done("site", "lose", "oslo")
            try await lab.expect(
                1, "run", "fail-over-machine", "--scope", "contoso", "--param", "vm=sql01")
        }
    }
}

extension Lab {
    /// The bytes of a machine's first disk.
    func disk(of machine: String) async throws -> Data {
        let shown = try await json("vm", "show", machine)
        guard let path = shown["disks"][0]["path"].text else {
            throw Complaint("\(machine) shows no disk: \(shown)")
        }
        return try Data(contentsOf: URL(filePath: path))
    }
}
