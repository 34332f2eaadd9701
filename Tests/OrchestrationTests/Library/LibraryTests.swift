// Where texts come from: the author's before the program's own, and the nearest name when there is
// none.
import LuaRuntime
import Model
import Orchestration
import Testing

@Suite struct LibraryTests {
    private let library = Library(
        baked: ["wait": "-- ours", "prelude": "-- the constructors"],
        list: { ["web-shop.lua", "web-shop.test.lua", "dns.lua", "notes.txt"] },
        read: { path throws(Failure) in
            if path == "broken.lua" { throw Failure(.sourceMissing, "broken.lua is not UTF-8") }
            return ["web-shop.lua": "-- a plan", "dns.lua": "-- a module", "prelude.lua": "-- no"][
                path]
        })

    @Test func `a module of the author's is read as text under its file's name`() throws {
        #expect(try library.module("dns") == LuaModule(name: "dns.lua", text: "-- a module"))
    }

    @Test func `a module of the program is trusted`() throws {
        #expect(
            try library.module("wait") == LuaModule(name: "wait", text: "-- ours", isTrusted: true))
    }

    @Test func `an author may replace a module of ours, but not the prelude`() throws {
        let replaced = Library(
            baked: ["wait": "-- ours"], list: { [] },
            read: { path throws(Failure) in path == "wait.lua" ? "-- mine" : nil })
        #expect(try replaced.module("wait")?.isTrusted == false)
        #expect(try library.module("prelude")?.isTrusted == true)
    }

    @Test func `a module that is nowhere is nil, one that cannot be read raises`() throws {
        #expect(try library.module("nothing") == nil)
        #expect(throws: Failure.self) { try library.module("broken") }
    }

    @Test(arguments: ["web-shop", "web-shop.lua"])
    func `a plan is found with its ending or without`(name: String) throws {
        #expect(try library.file(name) == LuaModule(name: "web-shop.lua", text: "-- a plan"))
    }

    @Test func `a plan that is not there is told with the nearest name`() throws {
        let failure = #expect(throws: Failure.self) { try library.file("web-sohp") }
        #expect(failure?.code == .sourceMissing)
        #expect(
            failure?.message
                == "there is no plan or runbook 'web-sohp'; did you mean 'web-shop'?")
    }

    @Test func `names are those of plans, runbooks and modules, tests left out`() {
        #expect(library.names == ["dns", "web-shop"])
    }
}
