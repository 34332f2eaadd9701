// A small plan as an author writes it, for tests that spoil it.

/// A plan with these fields on line 2 and the groups after them; a field given twice counts as last
/// said.
func planText(
    _ fields: String, groups: String = #"group { "web", vms = { "web01" } }"#, head: String = ""
) -> String {
    let given = ["summary = \"Web shop\"", "source = \"oslo\"", "target = \"bergen\""]
        .filter { !fields.contains($0.prefix(while: { $0 != " " }) + " =") }
    let needed = fields.contains("groups =") ? "" : "groups = { \(groups) }"
    return """
        \(head) local group, step, manual, machine = plan.group, plan.step, plan.manual, plan.machine
        return plan { \(given.joined(separator: ", ")), \(fields) \(needed) }
        """.replacing("= go", with: "= function() end")
}
