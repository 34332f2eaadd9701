// Codes that LuaRuntime raises; each with its page.

extension Failure.Code {
    static let lua: [Self] = []
}
