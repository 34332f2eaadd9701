// Choosing another point after a failover: from disks that still hold the last one, of a machine
// that has written nothing since.
import Fabric
import Model

extension ReplicationEngine {
    /// Raises what would keep a failover from being brought to another point, once its machine is
    /// off: `replication.transition_refused`, `replication.point_missing`,
    /// `replication.point_overwritten` and `replication.key_missing`. Changes nothing.
    package func checkPointChange(of protection: Protection, to point: Int) async throws {
        _ = try protection.state.after(.pointChanged)
        _ = try RecoveryPointChain.point(point, of: protection)
        _ = try opening(of: protection)
        try await requireUnwritten(protection)
    }

    func requireUntouched(_ protection: Protection) async throws {
        try await requireOff(protection.replica)
        try await requireUnwritten(protection)
    }

    private func requireUnwritten(_ protection: Protection) async throws {
        let side = try await replicaSide(protection)
        let isUntouched = try await blocking { try side.stamps() == protection.replicaStamps }
        guard isUntouched else { throw overwritten(protection) }
    }

    func overwritten(_ protection: Protection) -> Failure {
        Failure(
            .pointOverwritten,
            "\(protection.replica) has written to its disks since it was failed over; another "
                + "point cannot be reached from them",
            context: ["vm": protection.vm])
    }
}
