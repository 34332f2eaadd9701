// Pages and drawings go to files.
import Foundation
import Model
import Orchestration

extension HTML {
    /// Raises `files.failed`.
    func write(to path: String) throws(Failure) {
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw Failure(.fileSystem, "cannot write \(path): \(error.localizedDescription)")
        }
    }
}
