// The room's door: every operation on a protection. One operation at a time per machine; different
// machines go on together. Each verb takes an operation key: a verb that was done under that key
// returns what it returned then, and one that died in its middle is finished by asking again.
import Fabric
import Model

package final class ReplicationEngine: Sendable {
    let fabric: any FabricProvider
    let ledger: any ProtectionLedger
    let files: any FileSystem
    let transport: any Transport
    let clock: any WallClock
    let layout: LabLayout

    /// `lab` is the lab folder: each site keeps its part under `sites/SITE/replication/VM/`.
    package init(
        fabric: any FabricProvider, ledger: any ProtectionLedger, clock: any WallClock,
        lab: String, files: any FileSystem = HostFiles(), transport: (any Transport)? = nil
    ) {
        self.fabric = fabric
        self.ledger = ledger
        self.files = files
        self.clock = clock
        self.layout = LabLayout(lab: lab)
        self.transport = transport ?? LocalTransport(layout: layout, files: files)
    }

    // Protecting

    /// Makes the turned-off replica and the record; copies nothing yet.
    ///
    /// Raises `replication.disk_not_replicable`, `replication.already_protected`, `usage.invalid` for
    /// options out of range, and what the fabric raises.
    package func protect(
        _ machine: MachineID, _ options: ProtectionOptions, operation: String? = nil
    ) async throws -> Protection { fatalError() }

    /// Sends everything allocated; the protection is `replicating` afterwards.
    package func firstCopy(_ vm: String, operation: String? = nil) async throws -> RecoveryPoint {
        fatalError()
    }

    /// One cycle: cut, log, deliver, apply, acknowledge. In `waiting-for-resync` it is a resync, which
    /// sends the blocks that differ. Returns the point the replica holds afterwards.
    ///
    /// A failure leaves the protection in `error` (or `waiting-for-resync`) with nothing lost.
    package func sync(
        _ vm: String, kind: RecoveryPoint.Kind = .standard, operation: String? = nil
    ) async throws -> RecoveryPoint { fatalError() }

    /// Compares all blocks and sends those that differ; the recovery points are kept.
    package func resync(_ vm: String, operation: String? = nil) async throws -> RecoveryPoint {
        fatalError()
    }

    package func suspend(_ vm: String, operation: String? = nil) async throws -> Protection {
        fatalError()
    }

    package func resume(_ vm: String, operation: String? = nil) async throws -> Protection {
        fatalError()
    }

    /// Ends the protection. The replica stays, turned off, unless `deletesReplica`.
    package func remove(
        _ vm: String, deletesReplica: Bool = false, operation: String? = nil
    ) async throws { fatalError() }

    // Failing over

    /// Sends the rest of a turned-off machine and holds both sides off. Raises
    /// `replication.machine_running` while it runs (F-2).
    package func prepare(_ vm: String, operation: String? = nil) async throws -> Protection {
        fatalError()
    }

    /// Gives the primary back to production.
    package func cancelPreparation(
        _ vm: String, operation: String? = nil
    ) async throws -> Protection { fatalError() }

    /// Makes the replica the production machine at the chosen point, under a raised epoch; starts
    /// nothing. In `failed-over-waiting-completion` it chooses another point.
    ///
    /// Raises `replication.reason_missing`, `replication.point_missing`,
    /// `replication.point_overwritten`, `replication.transition_refused`. Kind `test` is refused:
    /// use ``testFailover(_:point:network:operation:)``.
    package func failOver(
        _ vm: String, _ request: FailoverRequest, operation: String? = nil
    ) async throws -> Protection { fatalError() }

    /// Commits the failover: the other points are gone.
    package func complete(_ vm: String, operation: String? = nil) async throws -> Protection {
        fatalError()
    }

    /// Turns the direction round. After a planned failover only new writes travel; after an unplanned
    /// one the next `sync` compares the old disks and sends what differs.
    package func reverse(_ vm: String, operation: String? = nil) async throws -> Protection {
        fatalError()
    }

    /// Makes `VM-test` at the replica's site, turned off, with the disks of a point, its cards on an
    /// isolated network (of that name, or the first of its host) or unplugged. Cycles go on.
    package func testFailover(
        _ vm: String, point: Int? = nil, network: String? = nil, operation: String? = nil
    ) async throws -> MachineID { fatalError() }

    /// Stops and deletes the temporary machine; succeeds when there is none.
    package func cleanUp(_ vm: String, operation: String? = nil) async throws { fatalError() }

    // Looking

    /// All protections in the order of their machines' names.
    package func protections() async throws -> [Protection] { try await ledger.protections() }

    /// The protection of a machine; nil when it has none.
    package func protection(of vm: String) async throws -> Protection? {
        try await ledger.protection(of: vm)
    }

    /// `disabled` when the machine has no protection.
    package func state(of vm: String) async throws -> ProtectionState {
        try await protection(of: vm)?.state ?? .disabled
    }

    /// Was it done? The record of an operation, nil when it was not done.
    package func operation(_ key: String, of vm: String) async throws -> OperationRecord? {
        try await protection(of: vm)?.operation(key)
    }

    /// The points that can be chosen, oldest first.
    package func points(of vm: String) async throws -> [RecoveryPoint] { fatalError() }

    /// What would be lost by an unplanned failover now: the time since the chosen point's cut (F-3).
    package func lossWindow(of vm: String, point: Int? = nil) async throws -> Duration {
        fatalError()
    }

    package func measure(_ vm: String) async throws -> ReplicationMeasure { fatalError() }
}
