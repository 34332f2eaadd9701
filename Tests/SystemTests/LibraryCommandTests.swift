// `muster library` from outside: a folder is imported whole or not at all, tried, published, rolled
// back, and carried to another lab.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct LibraryCommandTests {
    private func text(_ words: String) -> String {
        """
        return runbook { summary = "x", run = function()
          job.output "\(words)"
        end }

        """
    }

    private func write(_ name: String, _ text: String, _ lab: Lab) throws -> String {
        let folder = lab.folder.appending(path: "mine")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: folder.appending(path: name))
        return folder.path
    }

    @Test func `B-7: a folder is imported, tried, published and rolled back`() async throws {
        try await Lab.scratch { lab in
            try await lab.done("init")
            try await lab.expect(0, "library", "list", says: ["read from the lab's folder"])
            let folder = try write("drill.lua", text("the first"), lab)
            try await lab.expect(
                0, "library", "import", folder, says: ["drill: version 1, a draft"])
            try await lab.expect(2, "run", "drill", says: ["no plan or runbook 'drill'"])
            try await lab.expect(0, "run", "drill", "--draft", says: ["the first"])
            try await lab.done("library", "publish", "drill", "--reason", "tried")
            _ = try write("drill.lua", text("the second"), lab)
            try await lab.done("library", "import", folder)
            try await lab.expect(0, "library", "import", folder, says: ["nothing is new"])
            try await lab.expect(
                0, "library", "diff", "drill", says: ["-  job.output \"the first\"", "the second"])
            try await lab.expect(0, "run", "drill", says: ["the first"])
            try await lab.done("library", "publish", "--all")
            try await lab.expect(0, "run", "drill", says: ["the second"])
            try await lab.expect(0, "run", "drill", "--version", "1", says: ["the first"])
            try await lab.expect(0, "library", "rollback", "drill", says: ["version 1 again"])
            try await lab.expect(
                0, "library", "history", "drill",
                says: ["rolled back to 1", "published 2", "tried"])
            #expect(try await lab.json("library", "list").list.first?["published"].integer == 1)
        }
    }

    @Test func `B-7: a fault refuses the folder, a damaged bundle too, and nothing is imported`()
        async throws
    {
        try await Lab.scratch { lab in
            try await lab.done("init")
            let folder = try write("good.lua", text("good"), lab)
            let bundle = lab.folder.appending(path: "all.bundle")
            try await lab.done("library", "import", folder)
            try await lab.done("library", "publish", "--all")
            try await lab.done("library", "export", bundle.path)
            try await lab.expect(1, "library", "export", bundle.path, says: ["cannot write"])
            _ = try write("wrong.lua", "return runbook {", lab)
            _ = try write("other.lua", "return runbook { sumary = 1 }", lab)
            try await lab.expect(
                4, "library", "import", folder,
                says: ["nothing was imported: 2 of 3", "wrong.lua:1", "other.lua:1"])
            var bytes = try Data(contentsOf: bundle)
            bytes[bytes.count / 2] ^= 1
            let damaged = lab.folder.appending(path: "damaged.bundle")
            try bytes.write(to: damaged)
            try await lab.expect(
                1, "library", "import", damaged.path, says: ["[library.bundle_damaged]"])
            #expect(try await lab.json("library", "list").list.count == 1)
            try await lab.expect(0, "library", "import", bundle.path, says: ["nothing is new"])
        }
    }

    @Test func `N-8: a file that is there and cannot be read is told before a run begins`()
        async throws
    {
        try await Lab.scratch { lab in
            try await lab.done("init")
            let runbooks = URL(filePath: "\(lab.path)/runbooks")
            try FileManager.default.createDirectory(
                at: runbooks.appending(path: "dns.lua"), withIntermediateDirectories: true)
            let drill = "return runbook { summary = \"x\", run = function() require \"dns\" end }"
            try Data(drill.utf8).write(to: runbooks.appending(path: "drill.lua"))
            try await lab.expect(1, "run", "drill", says: ["[library.unreadable]", "dns.lua"])
            #expect(try await lab.json("runs").list.isEmpty)
        }
    }
}
