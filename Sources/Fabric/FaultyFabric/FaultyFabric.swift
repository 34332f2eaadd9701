// A fabric with faults: the same interface, and failures before or after the calls a plan names. Ships
// with the product: a rehearsal asks what a run does when an answer is lost.
import Model

/// Wraps a fabric, records every call in its effect log, and fails the calls its plan names.
package final class FaultyFabric: FabricProvider {
    package let log: EffectLog

    package init(_ fabric: any FabricProvider, plan: FaultPlan, log: EffectLog = EffectLog()) {
        fatalError()
    }

    package func sites() async throws -> [Site] { fatalError() }
    package func machines(at site: String?) async throws -> [VirtualMachine] { fatalError() }
    package func machine(_ id: MachineID) async throws -> VirtualMachine { fatalError() }
    package func define(_ machine: VirtualMachine) async throws { fatalError() }
    package func remove(_ id: MachineID) async throws { fatalError() }
    package func update(
        _ id: MachineID, _ change: @Sendable (inout VirtualMachine) throws -> Void
    ) async throws { fatalError() }
    package func start(_ id: MachineID) async throws { fatalError() }
    package func stop(_ id: MachineID) async throws { fatalError() }
    package func connect(_ nic: String, of id: MachineID, to switchName: String?) async throws {
        fatalError()
    }
    package func setFailoverAddress(
        _ address: FailoverAddress?, nic: String, of id: MachineID
    ) async throws { fatalError() }
    package func setGuestAddress(_ address: String?, nic: String, of id: MachineID) async throws {
        fatalError()
    }
    package func changeSource(of id: MachineID) async throws -> any ChangeSource { fatalError() }
    package func imagePath(of disk: String, machine id: MachineID) async throws -> String {
        fatalError()
    }
}
