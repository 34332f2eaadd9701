// The dialogue over the border: what is called, what is answered, where the author is blamed.
import LuaRuntime
import Model
import Testing

@Suite struct BorderTests {
    @Test func `a primitive is a call, an answer, and the way on`() throws {
        var state = try LuaState(LuaConfiguration(primitives: ["fabric.select"]))
        try state.load(LuaModule(name: "a.lua", text: "\nlocal vms = fabric.select{tag='x', n=1.0}\nreturn {count=#vms, run=function() end}"))
        guard case .call(let call) = state.next() else { Issue.record("no call"); return }
        #expect(call.primitive == "fabric.select")
        #expect(call.arguments == #"[{"n":1.0,"tag":"x"}]"#)
        #expect(call.position == SourcePosition(file: "a.lua", line: 2))
        state.reply(json: #"["a","b"]"#, at: Timestamp(microseconds: 5))
        #expect(state.next() == .finished(#"{"count":2,"run":{"$function":3}}"#))
    }
}
