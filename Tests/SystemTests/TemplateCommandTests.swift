// `muster template` from outside: kept, listed, made into machines that are protected, refused.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct TemplateCommandTests {
    @Test func `S-3 a template is kept, listed, and makes machines that are protected`()
        async throws
    {
        try await Lab.standing { lab in
            let image = try lab.image("web.img", bytes: 1 << 20, content: "a template")
            try await lab.expect(
                0, "template", "add", "web", "--site", "oslo", "--disk", image.path, "--disk",
                "1MiB", "--nic", "tenant", "--tag", "web", "--rpo", "300s", "--target", "bergen",
                says: ["oslo keeps the template web", "to bergen, losing 5m at most"])
            let kept = try await lab.json("template", "list").list
            #expect(kept.map { $0["name"] } == ["web"])
            #expect(kept[0]["recovery"]["rpo"] == "5m")
            try await lab.expect(0, "template", says: ["TEMPLATE", "web", "tenant"])
            try await lab.done(
                "run", "deploy-machine", "--param", "template=web", "--param", "name=web07",
                "--param", "start=true")
            let status = try await lab.json("status", "web07").list
            #expect(status.map { $0["state"] } == ["replicating"])
            #expect(try await lab.json("vm", "show", "web07")["power"] == "running")
            try await lab.expect(
                4, "run", "deploy-machine", "--param", "template=web", "--param", "name=web07",
                says: ["there is a vm oslo/web07 already"])
            try await lab.done("template", "remove", "web")
            try await lab.expect(0, "template", "list", says: ["no templates yet"])
            try await lab.expect(2, "template", "remove", "web", says: ["no template 'web'"])
        }
    }

    @Test func `S-3 what a template cannot be or promise is told when it is added`() async throws {
        try await Lab.standing { lab in
            let faults: [(Int32, [String], String)] = [
                (2, [], "--disk FILE or --disk SIZE"),
                (2, ["--disk", "1MiB", "--target", "bergen"], "by --rpo"),
                (
                    2, ["--disk", "1MiB", "--rpo", "60s", "--target", "bergen"],
                    "an interval of 5m is longer"
                ),
                (
                    2, ["--disk", "1MiB", "--rpo", "60s", "--interval", "15m"],
                    "an interval of 15m is longer"
                ),
                (2, ["--disk", "1MiB", "--rpo", "5m", "--target", "bregen"], "'bergen'?"),
                (2, ["--disk", "1MiB", "--rpo", "5m", "--points", "40"], "--points"),
                (2, ["--disk", "1MiB", "--rpo", "5m", "--first-copy", "25:00"], "25:00"),
                (4, ["--disk", "1MiB", "--rpo", "5m", "--target", "oslo"], "another site"),
                (1, ["--disk", "1MiB", "--nic", "tennat"], "'tenant'?"),
                (1, ["--disk", "/nowhere.img"], "is missing"),
            ]
            for (code, options, told) in faults {
                try await lab.expect(
                    code, ["template", "add", "web", "--site", "oslo"] + options, says: [told])
            }
            #expect(try await lab.json("template", "list").list.isEmpty)
            try await lab.done("template", "add", "web", "--site", "oslo", "--disk", "1MiB")
            try await lab.expect(
                4, "template", "add", "web", "--site", "oslo", "--disk", "1MiB",
                says: ["keeps a template 'web' already"])
            try await lab.done("site", "host", "oslo", "oslo-host1", "--memory", "1GiB")
            try await lab.expect(
                4, "run", "deploy-machine", "--param", "template=web", "--param", "name=web07",
                says: ["oslo-host1 has 0 B free"])
        }
    }
}
