// The tests of library modules and runbooks, written in Lua beside them, as tests of the house.
import Model
import TestSupport
import Testing

@Suite struct LuaTests {
    @Test(arguments: Repository.luaTests)
    func `the tests beside a module or runbook hold`(path: String) throws {
        let outcome = try LuaTestRunner(path: path).run()
        #expect(!outcome.names.isEmpty, "\(path) has no test")
        #expect(Set(outcome.names).count == outcome.names.count, "\(path) names a test twice")
        for failure in outcome.failures { Issue.record("\(failure)") }
    }

    @Test func `there are tests to run`() {
        #expect(Repository.luaTests.count >= 7)
    }

    // MARK: The runner itself

    @Test func `each test has a state of its own`() throws {
        let outcome = try run(
            """
            local count = 0
            test("a", function() count = count + 1 check.equal(count, 1) end)
            test("b", function() count = count + 1 check.equal(count, 1) end)
            """)
        #expect(outcome.names == ["a", "b"])
        #expect(outcome.failures == [])
    }

    @Test(arguments: [
        (#"check.equal({ a = 1 }, { a = 2 })"#, "is { a = 1 }, not { a = 2 }"),
        (#"check.equal("1", 1)"#, "is \"1\", not 1"),
        (#"check.raises("x.y", function() end)"#, "does not raise x.y"),
        (#"check.raises("x.y", error, { code = "x.z" })"#, "raises x.z, not x.y"),
        (#"fabric.vm "sql01""#, "fabric.vm has no answer in this test"),
        (#"fabric.stop(7)"#, "fabric.stop: vm must be a vm"),
        (
            #"world.run("fail-over-machine", { vn = "x" })"#,
            "has no parameter 'vn'; did you mean 'vm'?"
        ),
    ])
    func `a test that does not hold says why`(line: String, why: String) throws {
        let outcome = try run("test(\"t\", function()\n\(line)\nend)")
        #expect(outcome.failures.count == 1)
        #expect(outcome.failures.first?.contains(why) == true, "\(outcome.failures)")
    }

    private func run(_ text: String) throws -> LuaTestRunner.Outcome {
        try LuaTestRunner(path: "made-up.test.lua", text: text).run()
    }
}
