// `muster fabric` from outside: declared, planned, applied, shown, refused.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct FabricCommandTests {
    private func declare(_ lab: Lab, _ site: String, _ more: String) throws {
        let folder = "\(lab.path)/fabric"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let text = """
            return site {
              "\(site)",
              networks = {
                site.network { "tenant", pool = { "10.2.0.10-10.2.0.99" } },
              },
              switches = { site.switch { "tenant" } },
              \(more)
            }
            """
        try text.write(toFile: "\(folder)/\(site).lua", atomically: true, encoding: .utf8)
    }

    @Test func `N-1: a site is declared, planned, applied and shown`() async throws {
        try await Lab.scratch { lab in
            try await lab.done("init", "--sites", "oslo")
            try await lab.expect(2, "fabric", "plan", says: ["fabric/SITE.lua"])
            try declare(lab, "bergen", #"hosts = { site.host { "bergen-1", memory = "8GiB" } },"#)
            try await lab.expect(
                0, "fabric", "plan",
                says: ["bergen", "+ host bergen-1: memory 8 GiB", "+ network tenant: 10.2.0.10"])
            #expect(try await lab.json("site").list.count == 1)
            let applied = try await lab.json("fabric", "apply", "--reason", "the new hall").list
            #expect(applied.count == 2)
            try await lab.expect(0, "fabric", "plan", says: ["the fabric is what is declared"])
            try await lab.expect(
                0, "fabric", "show", "bergen",
                says: [
                    "host bergen-1: 0 machines", "0 B of 8 GiB memory", "switch tenant",
                    "IPv4 pool: 0 of 90 used, 90 free",
                ])
            #expect(try await lab.json("fabric", "show", "bergen").list[0]["name"] == "bergen")
            try await lab.expect(2, "fabric", "show", "bregen", says: ["'bergen'?"])
        }
    }

    @Test func `N-6: a host is emptied and closed by a command, and opened again`() async throws {
        try await Lab.standing { lab in
            try await lab.done("site", "host", "oslo", "oslo-host2")
            try await lab.done("site", "switch", "oslo", "tenant", "--host", "oslo-host2")
            try await lab.expect(
                4, "fabric", "maintenance", "oslo-host1", says: ["in no cluster", "sql01"])
            try await lab.expect(
                0, "vm", "move", "wap01", "--to", "oslo-host2", says: ["is on the host oslo-host2"])
            try await lab.expect(
                2, "fabric", "maintenance", "oslo-hots1", says: ["did you mean 'oslo-host1'"])
            try await lab.expect(
                0, "fabric", "maintenance", "bergen/bergen-host1", "--leave",
                says: ["in service again"])
        }
    }

    @Test func `N-1: what is wrong or in use is told, and nothing is changed`() async throws {
        try await Lab.standing { lab in
            try declare(lab, "oslo", #"hostz = {},"#)
            try await lab.expect(
                1, "fabric", "apply",
                says: ["fabric/oslo.lua:1:", "'hostz'; did you mean 'hosts'?"])
            try declare(lab, "oslo", "")
            try await lab.expect(
                4, "fabric", "apply", says: ["the host oslo-host1 holds oslo/sql01"])
            try await lab.expect(0, "fabric", "plan", says: ["refused: the host oslo-host1"])
            #expect(try await lab.json("site").list.count == 2)
        }
    }
}
