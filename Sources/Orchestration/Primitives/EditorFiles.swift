// The files an editor reads: LuaCATS descriptions of every primitive and card, and the settings
// that find them. Made from the records; `stdlib/meta/muster.lua` is this text, and a test holds it
// to that.
import Model

package enum EditorFiles {
    /// `.luarc.json` for lua-language-server.
    package static var settings: String {
        let globals = (Catalogue().namespaces + ["runbook", "site"]).map { "\"\($0)\"" }
        return """
            {
              "runtime.version": "Lua 5.4",
              "runtime.path": ["?.lua", "runbooks/?.lua", "stdlib/?.lua"],
              "runtime.builtin": { "io": "disable", "package": "disable", "debug": "disable" },
              "workspace.library": ["stdlib"],
              "diagnostics.globals": [\(globals.joined(separator: ", "))]
            }

            """
    }

    /// `stdlib/meta/muster.lua`.
    package static var descriptions: String {
        let catalogue = Catalogue()
        var parts = [
            "---@meta\n-- Describes the primitives and cards to an editor. Generated from the"
                + " catalogue; never run."
        ]
        parts += CardDescription.all.map(\.text)
        for namespace in catalogue.namespaces {
            parts.append(opening(of: namespace))
            parts += catalogue.primitives.filter { $0.namespace == namespace }.flatMap(\.stubs)
        }
        parts += constructors
        parts.append(opening(of: "site"))
        parts += constructors(of: CardDescription.siteParts, in: "site.")
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// `plan` and `site` are namespaces that can be called.
    private static func opening(of namespace: String) -> String {
        let call =
            ["plan", "site"].contains(namespace)
            ? "\n---@overload fun(fields: muster.\(namespace)): muster.\(namespace)" : ""
        let profiles =
            namespace == "plan"
            ? "\n---@field profiles table<string, table> Policies by name: asr." : ""
        return "---@class muster.namespace.\(namespace)\(profiles)\(call)\n\(namespace) = {}"
    }

    private static var constructors: [String] {
        CardDescription.constructed.flatMap { card in
            constructors(of: [card], in: card.word == "runbook" ? "" : "plan.")
        }
    }

    private static func constructors(
        of cards: [CardDescription], in namespace: String
    ) -> [String] {
        cards.map { card in
            "--- \(card.summary)\n---@param fields muster.\(card.word)\n---@return muster.\(card.word)\n"
                + "function \(namespace)\(card.word)(fields) end"
        }
    }
}

extension Primitive {
    /// The primitive as an editor knows it, and its `try_` form.
    fileprivate var stubs: [String] {
        let names = parameters.map(\.editorName).joined(separator: ", ")
        let notes = parameters.map { parameter in
            let isOptional = !parameter.isRequired && parameter.editorName != "..."
            return "---@param \(parameter.editorName)\(isOptional ? "?" : "") "
                + "\(parameter.type.annotation) \(parameter.summary)"
        }
        let returned =
            resultSummary.isEmpty ? [] : ["---@return \(result.annotation) # \(resultSummary)"]
        let attempted =
            resultSummary.isEmpty
            ? "---@return true? # when it was done"
            : "---@return \(result.optionalAnnotation) # \(resultSummary)"
        let plain = ["--- \(summary)"] + notes + returned + ["function \(name)(\(names)) end"]
        let attempt =
            ["--- \(summary) Returns nil and the failure instead of raising."] + notes
            + [attempted, "---@return muster.failure? # why not"]
            + ["function \(namespace).try_\(verb)(\(names)) end"]
        return [plain, attempt].map { $0.joined(separator: "\n") }
    }
}

extension Parameter {
    fileprivate var editorName: String { name == "…" ? "..." : name }
}
