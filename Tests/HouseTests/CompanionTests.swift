// Things that come in pairs: a runbook and its test, a library module and its test, a room and its
// tests. And the top level holds what it is meant to hold, no more.
import Testing

@Suite struct CompanionTests {
    @Test func `every runbook and every library module has its test beside it`() {
        let authored = Repository.files.map(\.path).filter { path in
            (path.hasPrefix("runbooks/") || path.hasPrefix("stdlib/")) && path.hasSuffix(".lua")
                && !path.hasSuffix(".test.lua") && !path.hasPrefix("stdlib/meta/")
        }
        hold(
            "Write NAME.test.lua beside it.",
            authored.filter { !Repository.exists($0.dropLast(4) + ".test.lua") })
    }

    @Test func `every test folder mirrors a room or has a duty of its own`() {
        let mirrors = Layers.rooms.map { "\($0.name)Tests" }
        let duties = [
            "Demo", "HouseTests", "RunbookTests", "SimulationTests", "SystemTests", "TestSupport",
        ]
        hold(
            "Name the folder after its room.",
            Repository.folders(in: "Tests").filter { !(mirrors + duties).contains($0) })
    }

    @Test func `runbooks are named verb first, modules in one word`() {
        let runbook = Pattern(#"^runbooks/[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.lua$"#)
        let module = Pattern(#"^stdlib/(meta/)?[a-z]+(\.test)?\.lua$"#)
        let lua = Repository.files.map(\.path).filter { $0.hasSuffix(".lua") }
        let crooked =
            lua.filter { $0.hasPrefix("runbooks/") && !runbook.isFound(in: $0) }
            + lua.filter { $0.hasPrefix("stdlib/") && !module.isFound(in: $0) }
        hold("runbooks/verify-replica-network.lua, stdlib/network.lua.", crooked)
    }

    @Test func `the top level holds the house and nothing else`() {
        let known = [
            ".ci", ".gitignore", ".luacheckrc", ".luarc.json", ".swift-format", "Benchmarks",
            "CHANGELOG.md", "LICENSE", "Makefile", "Package.swift", "README.md", "Sources",
            "Tests", "runbooks", "stdlib",
        ]
        hold("Put it into a room.", Repository.topLevel.filter { !known.contains($0) })
    }
}
