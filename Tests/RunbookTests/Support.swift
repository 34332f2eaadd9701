// Runbooks of a few lines, for tests of what the engine does with them.
import Model
import Orchestration
import Store
import TestSupport
import Testing

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

/// A page stands alone: it loads nothing, runs nothing, and closes what it opens.
func expectWhole(_ page: String) {
    for foreign in ["<script", "src=", "href=", "@import", "url("] {
        #expect(!page.contains(foreign), "\(foreign)")
    }
    var open: [Substring] = []
    for tag in page.matches(of: #/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/#) {
        let isWhole = !tag.3.isEmpty || ["meta", "br"].contains(tag.2)
        if isWhole { continue }
        if tag.1.isEmpty { open.append(tag.2) } else { #expect(open.popLast() == tag.2) }
    }
    #expect(open.isEmpty)
}
