// Codes that Replication raises; each with its page.

extension Failure.Code {
    static let replication: [Self] = []
}
