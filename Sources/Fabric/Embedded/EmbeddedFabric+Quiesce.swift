// Quiescing in a lab: an application marks what belongs together as a transaction
// (`DiskImage.transaction`), and is held at the door to the next one.
import Model

extension EmbeddedFabric {
    package func quiesce(_ id: MachineID, limit: Duration) async throws -> any Quiescence {
        let held = try await reading { lab in
            _ = try lab.record(id)
            return try HeldApplications(of: id, folder: lab.path(id), limit: limit)
        }
        held.letGo(after: limit)
        return held
    }
}
