// Runbooks of a few lines, for tests of what the engine does with them.
import Model
import Orchestration
import Store
import TestSupport

/// A runbook whose function is `body`.
func runbook(_ body: String, parameters: String = "{}", more: String = "") -> String {
    """
    return runbook {
      summary = "A test",
      parameters = \(parameters),
      \(more)
      run = function(arguments)
        \(body)
      end,
    }
    """
}

extension World {
    func report(_ run: RunID) throws -> RunReport {
        try RunReport(run, store: Store(folder: folder), now: clock.now)
    }
}
