// Codes that runs raise (Orchestration/Runs); each with its page.

extension Failure.Code {
    static let run: [Self] = []
}
