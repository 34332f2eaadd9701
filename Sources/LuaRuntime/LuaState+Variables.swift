// What the variables of a script hold while a call waits, for whoever looks at a run again.
import CLua
import Model

/// A function of an author's chunk that has not returned, and its variables as short texts.
package struct LuaFrame: Sendable, Hashable {
    /// nil for the chunk itself and for a function without a name of its own.
    package var function: String?
    package var position: SourcePosition
    package var variables: [LuaVariable]
}

package struct LuaVariable: Sendable, Hashable {
    package var name: String
    /// `{ name = "web01", power = "off" }`; the same in every process.
    package var text: String
    /// Declared outside of the function.
    package var isUpvalue: Bool
}

extension LuaState {
    /// The author's frames, innermost first; only while a call waits for its answer.
    package func variables() throws(Failure) -> [LuaFrame] {
        precondition(isCalling, "variables are looked at while a call waits")
        guard clua_variables(handle) else { throw Failure(reportedBy: handle) }
        let frames = try Value(json: String(clua_output(handle))).list ?? []
        return frames.map(LuaFrame.init)
    }
}

extension LuaFrame {
    fileprivate init(_ frame: Value) {
        function = frame["function"]?.text
        position = SourcePosition(
            file: frame["file"]?.text ?? "", line: Int(frame["line"]?.integer ?? 0))
        variables = (frame["variables"]?.list ?? []).map { variable in
            LuaVariable(
                name: variable["name"]?.text ?? "", text: variable["value"]?.text ?? "",
                isUpvalue: variable["kind"]?.text == "upvalue")
        }
    }
}
