// Codes that Store raises; each with its page.

extension Failure.Code {
    static let store: [Self] = []
}
