// Applications at rest: what makes a point more than the disk after a power cut.
import Model

/// The applications of one guest, held between their transactions.
///
/// They are let go by ``thaw()``, when the limit has passed, when the last reference goes and when
/// the holder's process dies, whichever comes first: nothing holds a guest for ever.
package protocol Quiescence: AnyObject, Sendable {
    /// Lets the applications go on. Returns whether they were held until now; false when the limit
    /// had passed before. Safe to repeat.
    @discardableResult
    func thaw() async -> Bool
}

extension FabricProvider {
    /// A fabric that has no way to its guests' applications says so.
    package func quiesce(_ id: MachineID, limit: Duration) async throws -> any Quiescence {
        throw Failure(
            .quiesceFailed,
            "this fabric cannot bring the applications of \(id) to rest; its points are "
                + "crash-consistent",
            context: ["vm": id.name, "site": id.site])
    }
}
