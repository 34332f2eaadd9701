// What `muster.lua` says of replication, as the command keeps to it.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct ConfigurationTests {
    private func configure(_ lab: Lab, _ replication: String) throws {
        try Data("return { replication = { \(replication) } }".utf8)
            .write(to: URL(filePath: "\(lab.path)/muster.lua"))
    }

    @Test func `R-1 a site takes replicas from the peers that its rules name`() async throws {
        try await Lab.standing { lab in
            try await lab.done("unprotect", "sql01", "--delete-replica")
            try configure(lab, #"accepts = { bergen = { tromso = "from-tromso" } }"#)
            try await lab.expect(
                4, "protect", "sql01", "--target", "bergen", says: ["[replication.primary_refused]"]
            )
            try configure(lab, #"accepts = { bergen = { oslo = "from-oslo" } }"#)
            try await lab.done("protect", "sql01", "--target", "bergen")
            try await lab.done("sync", "sql01")
            #expect(
                FileManager.default.fileExists(
                    atPath: "\(lab.path)/sites/bergen/replication/@from-oslo/sql01"))
        }
    }

    @Test func `R-4 a site that takes nothing cannot be reversed to, and nothing is shut down`()
        async throws
    {
        try await Lab.standing { lab in
            try configure(lab, "accepts = { oslo = {} }")
            let before = try await lab.json("vm", "list")
            try await lab.expect(
                4, "failover", "planned", "sql01", says: ["[replication.reversal_impossible]"])
            #expect(try await lab.json("vm", "list") == before)
            try await lab.done("failover", "planned", "sql01", "--no-reverse")
        }
    }

    @Test func `logs and replicas are sealed under a key that the owner gave`() async throws {
        try await Lab.standing { lab in
            let key = "\(lab.path)/contoso.key"
            try Data(repeating: 7, count: 32).write(to: URL(filePath: key))
            chmod(key, 0o600)
            try configure(lab, #"keys = { contoso = "contoso.key" }"#)
            try await lab.done("unprotect", "sql01", "--delete-replica")
            try await lab.done("protect", "sql01", "--target", "bergen", "--key", "contoso")
            try await lab.done("sync", "sql01")
            try await lab.done("failover", "test", "sql01")
            try await lab.done("failover", "clean-up", "sql01")
            chmod(key, 0o644)
            try await lab.expect(
                1, "failover", "test", "sql01",
                says: ["[replication.key_exposed]", "[replication.key_missing]"])
            try await lab.done("sync", "sql02")
            try await lab.expect(
                2, "protect", "sql02", "--target", "bergen", "--key", "contosso",
                says: ["did you mean 'contoso'?"])
        }
    }

    @Test func `F-9 a right that a person lacks is refused, and nothing is done`() async throws {
        try await Lab.standing { lab in
            try Data(
                """
                return {
                  people = { eva = { "operator" }, tor = {} },
                  rights = { operator = { "test", "planned", "reverse" } },
                }
                """.utf8
            ).write(to: URL(filePath: "\(lab.path)/muster.lua"))
            let before = try await lab.json("vm", "list")
            let told = ["tor lacks the right 'planned'"]
            try await lab.expect(
                4, "--as", "tor", "failover", "planned", "sql01", says: told)
            try await lab.expect(
                4, "--as", "tor", "run", "management-stamp", "--kind", "planned", says: told)
            try await lab.expect(
                4, "--as", "eva", "failover", "unplanned", "sql01", "--accept-loss",
                says: ["eva lacks the right 'unplanned'"])
            #expect(try await lab.json("vm", "list") == before)
            try await lab.expect(0, "--as", "eva", "failover", "planned", "sql01")
        }
    }

    private static let faults: [(String, [String])] = [
        ("transfers = 0", ["muster.lua", "replication.transfers"]),
        (#"pairs = { { from = "oslo", to = "bergen", bandwith = "1MiB" } }"#, ["'bandwidth'"]),
        (#"pairs = { { from = "oslo", to = "bergen", windows = { "late" } } }"#, ["late"]),
        (#"accepts = { bergen = { ["*.*.net"] = "x" } }"#, ["a wildcard stands once"]),
    ]

    @Test(arguments: faults)
    func `a mistake in the configuration is told with its place`(
        fault: String, told: [String]
    ) async throws {
        try await Lab.standing { lab in
            try configure(lab, fault)
            try await lab.expect(1, "status", says: told + ["muster.lua:"])
        }
    }
}
