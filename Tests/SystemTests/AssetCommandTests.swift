// `muster asset` from outside: secrets come from standard input or a file, never from an argument,
// and no command prints one.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct AssetCommandTests {
    private static let secret = "wormwood-and-gall-77"

    @Test func `B-6: an asset is kept, shown, rotated and removed, and its secret never printed`()
        async throws
    {
        try await Lab.scratch { lab in
            try await lab.done("init")
            let early = try await lab.muster(
                "asset", "set", "sql", "--user", "sa", input: Self.secret)
            #expect(early.status == .code(1) && early.errors.contains("asset key new"))
            try await lab.done("asset", "key", "new")
            let key = "\(lab.path)/assets.key"
            let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            var outcomes = [
                try await lab.muster(
                    "asset", "set", "sql", "--user", "sa", "--tenant", "contoso",
                    input: Self.secret + "\n")
            ]
            let file = lab.folder.appending(path: "two.txt")
            try Data("\(Self.secret)\nsecond-\(Self.secret)\n".utf8).write(to: file)
            outcomes.append(
                try await lab.done(
                    "asset", "set", "vmm", "--field", "address=10.0.0.1", "--hide", "password",
                    "--hide", "token", "--secret-from", file.path))
            outcomes.append(
                try await lab.muster("asset", "rotate", "sql", "--json", input: Self.secret))
            outcomes.append(
                try await lab.done(
                    "asset", "set", "limits", "--type", "table", "--value", #"{"jobs":3}"#))
            for words in [
                ["list"], ["list", "--json"], ["show", "sql"], ["show", "vmm", "--json"],
            ] {
                outcomes.append(try await lab.expect(0, ["asset"] + words))
            }
            outcomes.append(try await lab.done("asset", "rotate-key"))
            outcomes.append(try await lab.done("asset", "remove", "vmm"))
            for outcome in outcomes {
                #expect(outcome.status == .code(0), "\(outcome)")
                #expect(!(outcome.output + outcome.errors).contains(Self.secret), "\(outcome)")
            }
            let shown = try await lab.json("asset", "show", "sql")
            #expect(shown["version"].integer == 2)
            #expect(shown["hidden"].list.map(\.text) == ["secret"])
            let database = try Data(contentsOf: URL(filePath: "\(lab.path)/muster.db"))
            #expect(database.range(of: Data(Self.secret.utf8)) == nil)
        }
    }

    @Test func `B-6: a request that is no asset says what one is`() async throws {
        try await Lab.scratch { lab in
            try await lab.done("init")
            try await lab.expect(2, "asset", "set", "x", says: ["--value, --user"])
            try await lab.expect(
                2, "asset", "set", "x", "--value", "many", "--type", "number",
                says: ["is no number"])
            try await lab.expect(2, "asset", "show", "x", says: ["there is no asset 'x'"])
            try await lab.done("asset", "set", "limit", "--value", "3", "--type", "number")
            try await lab.expect(2, "asset", "show", "limt", says: ["did you mean 'limit'?"])
            try await lab.expect(
                2, "asset", "set", "limit", "--user", "sa", says: ["is a variable"])
        }
    }
}
