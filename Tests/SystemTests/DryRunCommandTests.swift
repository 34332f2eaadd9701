// `muster run PLAN --dry-run` from outside: what it says, its exit codes, and that the lab is the
// same afterwards.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct DryRunCommandTests {
    private func files(of lab: Lab) throws -> [String: Data] {
        var files: [String: Data] = [:]
        let paths = FileManager.default.enumerator(atPath: lab.path)
        while let path = paths?.nextObject() as? String {
            files[path] = (try? Data(contentsOf: URL(filePath: "\(lab.path)/\(path)"))) ?? Data()
        }
        return files
    }

    @Test func `Q-4: the command foretells a plan and writes nothing, byte for byte`() async throws
    {
        try await Lab.standing { lab in
            let before = try files(of: lab)
            try await lab.expect(
                0, "run", "management-stamp", "--kind", "planned", "--dry-run",
                says: [
                    "Dry run · management-stamp", "nothing was touched",
                    "oslo/sql01 on oslo-host1 is shut down", "from sizes and rates",
                ])
            let told = try await lab.json("run", "management-stamp", "--kind", "test", "--dry-run")
            #expect(told["stages"].list.count > 4)
            #expect(told["preflight"] == .null)
            #expect(try files(of: lab) == before)
        }
    }

    @Test func `Q-4: the exit code tells whether preflight would stop the run`() async throws {
        try await Lab.standing { lab in
            try await lab.expect(
                1, "run", "management-stamp", "--kind", "unplanned", "--dry-run",
                says: ["needs a reason (--reason)"])
            try await lab.expect(2, "run", "management-stamp", "--dry-run", says: ["say --kind"])
            try await lab.expect(
                2, "run", "fail-over-machine", "--dry-run", "--param", "vm=sql01",
                says: ["is a runbook"])
            #expect(try await lab.json("runs").list.count == 1)
        }
    }
}
