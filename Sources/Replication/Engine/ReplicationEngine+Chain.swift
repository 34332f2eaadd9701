// Extended replication.
import Fabric
import Model

extension ReplicationEngine {
    /// Where the changes of a relationship are learnt from.
    func changeSource(of protection: Protection) async throws -> any ChangeSource {
        try await fabric.changeSource(of: protection.primary)
    }
}
