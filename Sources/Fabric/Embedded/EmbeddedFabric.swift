// The fabric of the lab form of deployment: sites are folders, machines are folders, disks are ordinary
// sparse raw files.
//
//     LAB/lab.lock                              flock: one mutation at a time, over all processes
//     LAB/sites/<site>/site.json                hosts, switches, networks
//     LAB/sites/<site>/partition                there while the site is cut off or lost
//     LAB/sites/<site>/machines/<vm>/machine.json
//     LAB/sites/<site>/machines/<vm>/disk0.raw, disk0.fleece, changes.map
//
// Every JSON file is replaced whole, so that reading needs no lock.
import Model

/// The fabric of a lab folder. Instances share nothing but the folder: any number, in any process.
package final class EmbeddedFabric: FabricProvider {
    package let folder: String

    /// Opens the lab in `folder`; raises `fabric.lab_missing` when there is none.
    package init(folder: String) throws { fatalError() }

    /// Makes an empty lab; succeeds when there is one.
    package static func create(at folder: String) throws -> EmbeddedFabric { fatalError() }

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
