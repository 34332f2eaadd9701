// The tests of library modules and runbooks, written in Lua beside them, as tests of the house.
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
        #expect(Repository.luaTests.count >= 6)
    }
}
