// The Lua of the repository as its folders hold it.
import Foundation

package enum Repository {
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file of the folder `runbooks`; nil when there is none.
    package static func runbook(_ path: String) -> String? {
        try? String(contentsOf: root.appending(path: "runbooks/\(path)"), encoding: .utf8)
    }
}
