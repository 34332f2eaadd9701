// `--as` a tenant's person: every command shows and does what is his tenant's, or is refused (S-4).
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct TenantCommandTests {
    /// The standing lab, whose machines are of `operations`, and one machine of contoso.
    private func tenants(_ work: (Lab) async throws -> Void) async throws {
        try await Lab.standing { lab in
            try Data(
                """
                return {
                  people = { eva = { "operator" }, lars = {}, fay = {} },
                  tenants = { lars = "contoso", fay = "operations" },
                }
                """.utf8
            ).write(to: URL(filePath: "\(lab.path)/muster.lua"))
            let image = try lab.image("web.img", bytes: 1 << 20)
            try await lab.done(
                "vm", "import", "web01", "--site", "oslo", "--disk", image.path, "--nic",
                "tenant", "--subscription", "contoso")
            try await lab.done("protect", "web01", "--target", "bergen")
            try await lab.done("sync", "web01")
            try await work(lab)
        }
    }

    @Test func `S-4 a tenant's person sees his machines, also when the primary is gone`()
        async throws
    {
        try await tenants { lab in
            for isLost in [false, true] {
                if isLost { try await lab.done("site", "lose", "oslo") }
                let machines = try await lab.json("vm", "list", "--as", "lars").list
                #expect(Set(machines.compactMap { $0["name"].text }) == ["web01"])
                let status = try await lab.json("status", "--as", "lars").list
                #expect(status.map { $0["vm"] } == ["web01"])
                let all = try await lab.json("status", "--as", "eva").list
                #expect(all.count == 6)
            }
            try await lab.expect(
                4, "--as", "lars", "failover", "unplanned", "sql01", "--accept-loss",
                says: ["sql01", "contoso"])
            try await lab.expect(
                0, "--as", "lars", "failover", "unplanned", "web01", "--accept-loss",
                says: ["failed-over-waiting-completion"])
            #expect(try await lab.json("vm", "show", "bergen/web01")["power"] == "running")
            #expect(try await lab.json("vm", "show", "bergen/sql01")["power"] == "off")
        }
    }

    @Test func `S-4 a tenant's person starts runs of his own, and sees no others`() async throws {
        try await tenants { lab in
            try lab.runbook(
                "look.lua",
                #"""
                return runbook { summary = "Looks", run = function()
                  return { found = #fabric.select {} }
                end }
                """#)
            try await lab.done("run", "look", "--as", "eva")
            try await lab.done("run", "look", "--as", "lars")
            try await lab.expect(
                4, "run", "look", "--as", "lars", "--scope", "operations",
                says: ["lars belongs to contoso", "[scope.refused]"])
            let seen = try await lab.json("runs", "--as", "lars").list
            #expect(seen.count == 1)
            let all = try await lab.json("runs", "--as", "eva").list
            #expect(all.count > seen.count)
            let own = try #require(seen[0]["id"].integer)
            try await lab.done("report", "\(own)", "--as", "lars")
            let refused = ["lars belongs to contoso"]
            for command in [
                ["report", "\(own - 1)"], ["runs", "output", "\(own - 1)"],
                ["watch", "\(own - 1)"], ["points", "sql01"], ["measure", "sql01"],
                ["vm", "stop", "sql01"], ["suspend", "sql01"], ["failover", "test", "sql01"],
            ] {
                let outcome = try await lab.expect(4, command + ["--as", "lars"])
                #expect("\(outcome)".contains("contoso"), "\(command)")
            }
            for command in [
                ["site"], ["protect", "web01", "--target", "bergen"], ["unprotect", "web01"],
                ["schedule", "list"], ["trigger", "list"], ["library", "list"], ["serve"],
                ["asset", "key", "new"], ["template", "remove", "x"], ["points", "--group", "x"],
            ] {
                try await lab.expect(4, command + ["--as", "lars"], says: refused)
            }
        }
    }

    @Test func `S-4 assets and S-5 reports are one's own`() async throws {
        try await tenants { lab in
            try await lab.done("asset", "set", "house", "--value", "1")
            try await lab.done("asset", "set", "ours", "--value", "2", "--tenant", "contoso")
            let assets = try await lab.json("asset", "list", "--as", "lars").list
            #expect(assets.map { $0["name"] } == ["ours"])
            try await lab.expect(4, "asset", "show", "house", "--as", "lars")
            try await lab.done("asset", "show", "ours", "--as", "lars")
            try await lab.expect(
                0, "subscription", "report", "--as", "lars", says: ["contoso: no recovery add-on"])
            let report = try await lab.json("subscription", "report", "--as", "lars")
            #expect(report["machines"].list.map { $0["vm"] } == ["web01"])
            try await lab.expect(
                4, "subscription", "report", "operations", "--as", "lars",
                says: ["lars belongs to contoso"])
            let listed = try await lab.json("subscription", "list", "--as", "lars").list
            #expect(listed.map { $0["name"] } == ["contoso"])
            try await lab.expect(2, "subscription", "report", says: ["say whose report"])
        }
    }

    @Test func `S-4 the engine that serves refuses a tenant's person as the command does`()
        async throws
    {
        try await tenants { lab in
            var engine = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await engine.line(containing: "listening on")
            try await lab.expect(
                4, "--as", "lars", "failover", "test", "sql01", says: ["contoso"])
            try await lab.expect(
                0, "--as", "lars", "failover", "test", "web01", says: ["web01-test is running"])
            #expect(try await engine.stop(with: SIGTERM) == .code(0))
        }
    }

    @Test(arguments: [
        (#"{ lras = "contoso" }"#, "'lars'?"), (#"{ lars = "con toso" }"#, "'con toso'"),
    ])
    func `S-4 a tenant that cannot be is told with its place`(
        tenants: String, told: String
    ) async throws {
        try await Lab.standing { lab in
            try Data("return { people = { lars = {} }, tenants = \(tenants) }".utf8)
                .write(to: URL(filePath: "\(lab.path)/muster.lua"))
            try await lab.expect(1, "status", says: [told, "muster.lua:", "tenants"])
        }
    }
}
