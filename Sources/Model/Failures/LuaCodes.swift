// Codes that LuaRuntime raises; each with its page.

extension Failure.Code {
    static let lua: [Self] = [
        .luaSyntax, .luaError, .luaArgument, .luaResult, .luaModule, .luaName, .luaPattern,
        .luaStack, .luaInstructions, .luaMemory, .luaTime,
    ]

    package static let luaSyntax = Self(
        "lua.syntax",
        meaning: "A runbook or module is not Lua text; nothing of it was run.",
        remedy: "Mend the line that is named; `muster check FILE` reads it again.")

    package static let luaError = Self(
        "lua.error",
        meaning: "A runbook raised an error that nobody caught, and gave it no code of its own.",
        remedy: "The traceback shows the way there, innermost line first.")

    package static let luaArgument = Self(
        "lua.argument_invalid",
        meaning: "An argument cannot leave Lua: only plain tables, UTF-8 strings, numbers and"
            + " booleans can, up to a size and a depth.",
        remedy: "The message names the primitive, the argument and the field.")

    package static let luaResult = Self(
        "lua.result_invalid",
        meaning: "What a chunk or function returned cannot leave Lua as a value.",
        remedy: "Return plain tables, UTF-8 strings, numbers and booleans.")

    package static let luaModule = Self(
        "lua.module_missing",
        meaning: "`require` was given a name that is neither in the standard library nor among the"
            + " runbooks, or a module that is still loading itself.",
        remedy: "Spell the name as the file is called, without `.lua`.")

    package static let luaName = Self(
        "lua.name_unknown",
        meaning: "A global variable or a field of a namespace is used that does not exist.",
        remedy: "Take the spelling the message offers, or declare the variable with `local`.")

    package static let luaPattern = Self(
        "lua.pattern_exhausted",
        meaning: "A string pattern needs far more steps than its subject is long.",
        remedy: "Write the pattern with fewer `.-` and `.*`, or anchor it with `^`.")

    package static let luaStack = Self(
        "lua.stack_exhausted",
        meaning: "Functions called each other many thousand levels deep.",
        remedy: "Write the recursion as a loop, or mend the condition that should end it.")

    package static let luaInstructions = Self(
        "lua.instructions_exhausted",
        meaning: "A runbook used more instructions than a run, or the time between two primitives,"
            + " may take: most likely an endless loop.",
        remedy: "Mend the loop at the line that is named; wait with a primitive, not in a loop.")

    package static let luaMemory = Self(
        "lua.memory_exhausted",
        meaning: "A runbook holds more memory than a run may.",
        remedy: "Keep less in tables and strings at the line that is named.")

    package static let luaTime = Self(
        "lua.time_exhausted",
        meaning: "A few instructions of a runbook took seconds, by comparing huge strings.",
        remedy: "Compare or search smaller strings at the line that is named.")
}
