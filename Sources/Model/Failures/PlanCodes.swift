// Codes that recovery plans raise (Orchestration/Plans); each with its page.

extension Failure.Code {
    static let plan: [Self] = []
}
