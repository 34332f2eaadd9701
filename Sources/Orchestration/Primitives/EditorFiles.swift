// The files an editor reads: LuaCATS descriptions of every primitive and card, and the settings that
// find them. Made from the records; `stdlib/meta/muster.lua` is this text, and a test holds it to that.
import Model

package enum EditorFiles {
    /// `.luarc.json` for lua-language-server.
    package static let settings = """
        {
          "runtime.version": "Lua 5.4",
          "runtime.path": ["?.lua", "runbooks/?.lua", "stdlib/?.lua"],
          "runtime.builtin": { "io": "disable", "package": "disable", "debug": "disable" },
          "workspace.library": ["stdlib"],
          "diagnostics.globals": ["fabric", "replication", "plan", "job", "runbook"]
        }

        """

    /// `stdlib/meta/muster.lua`.
    package static var descriptions: String {
        let catalogue = Catalogue()
        var parts = [
            "---@meta\n--- Describes the primitives and cards to an editor. Generated from the catalogue; "
                + "never run.",
            described("vm", "A machine.", MachineView.fields),
            described("step", "What plan.step makes.", PlanCard.step),
            described("manual", "What plan.manual makes.", PlanCard.manual),
            described("group", "What plan.group makes.", PlanCard.group),
            described("machine", "What plan.machine makes.", PlanCard.machine),
            described("plan", "What plan makes.", PlanCard.plan),
            described("runbook", "What runbook makes.", RunbookCard.fields),
        ]
        for namespace in catalogue.namespaces {
            parts.append("---@class muster.\(namespace).namespace\n\(namespace) = {}")
            parts += catalogue.primitives.filter { $0.namespace == namespace }.map(\.description)
        }
        parts += constructors
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static func described(
        _ name: String, _ summary: String, _ fields: [Parameter]
    ) -> String {
        (["--- \(summary)", "---@class muster.\(name)"]
            + fields.map { field in
                "---@field \(field.name)\(field.isRequired ? "" : "?") \(field.type.annotation) "
                    + field.summary
            }).joined(separator: "\n")
    }

    private static var constructors: [String] {
        ["step", "manual", "group", "machine"].map { word in
            "---@param fields table\n---@return muster.\(word)\nfunction plan.\(word)(fields) end"
        } + ["---@param fields muster.runbook\n---@return muster.runbook\nfunction runbook(fields) end"]
    }
}

extension Primitive {
    /// The stub: summary, parameters, result, and its `try_` form.
    fileprivate var description: String {
        let names = parameters.map { $0.name == "…" ? "..." : $0.name }.joined(separator: ", ")
        let notes = parameters.map { parameter in
            let name = parameter.name == "…" ? "..." : parameter.name
            let mark = parameter.isRequired || name == "..." ? "" : "?"
            return "---@param \(name)\(mark) \(parameter.type.annotation) \(parameter.summary)"
        }
        let returned = resultSummary.isEmpty ? [] : ["---@return \(result.annotation) # \(resultSummary)"]
        let attempt =
            resultSummary.isEmpty
            ? ["---@return true|nil, table?"] : ["---@return \(result.annotation)|nil, table?"]
        return ((["--- \(summary)"] + notes + returned + ["function \(name)(\(names)) end", ""]
            + ["--- \(summary) Returns nil and the failure instead of raising."] + notes + attempt
            + ["function \(namespace).try_\(verb)(\(names)) end"])).joined(separator: "\n")
    }
}
