// The machines of each site, read once for all plans that are looked at together.
import Fabric
import Model

final class FabricSight: Sendable {
    struct SiteMachines: Sendable {
        let byID: [MachineID: VirtualMachine]
        let byHost: [String: [VirtualMachine]]

        init(_ machines: [VirtualMachine]) {
            byID = Dictionary(machines.map { ($0.id, $0) }) { first, _ in first }
            byHost = Dictionary(grouping: machines, by: \.host)
        }
    }

    private let fabric: any FabricProvider
    private let read = Locked<[String: SiteMachines?]>([:])

    init(_ fabric: any FabricProvider) { self.fabric = fabric }

    /// The machine as it was when its site was read; raises what the fabric raises.
    func machine(_ id: MachineID) async throws -> VirtualMachine {
        if let found = try await machines(at: id.site)?.byID[id] { return found }
        return try await fabric.machine(id)
    }

    /// nil for a site that does not answer. Raises `name.unknown`.
    func machines(at site: String) async throws -> SiteMachines? {
        if let known = read.withLock({ $0[site] }) { return known }
        let found: SiteMachines?
        do {
            found = SiteMachines(try await fabric.machines(at: site))
        } catch let failure as Failure where failure.code == .siteUnreachable {
            found = nil
        }
        read.withLock { $0[site] = .some(found) }
        return found
    }
}
