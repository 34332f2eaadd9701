// Codes that Fabric raises; each with its page.

extension Failure.Code {
    static let fabric: [Self] = []
}
