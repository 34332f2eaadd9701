// A lab whose networks are mapped, and what its pools have given.
import Fabric
import LuaRuntime
import Model
import Orchestration
import Replication
import Store
import TestSupport

extension World {
    /// Oslo's tenant network is mapped to Bergen's, which has these addresses.
    func map(_ ranges: String..., addresses: NetworkMapping.Addresses = .pool) async throws {
        try await change("bergen") { site in
            site.networks[0].pool = AddressPool(try ranges.map { try AddressRange(text: $0) })
        }
        try await change("oslo") { site in
            site.mappings = [
                NetworkMapping(
                    network: "tenant", target: NetworkName(site: "bergen", network: "tenant"),
                    addresses: addresses)
            ]
        }
    }

    func change(_ name: String, _ change: (inout Site) throws -> Void) async throws {
        var site = try await fabric.site(named: name)
        try change(&site)
        try await fabric.furnish(site, given: [])
    }

    /// `10.2.0.10 bergen/sql01`, in the order of addresses.
    func given() throws -> [String] {
        try Store(folder: folder).givenAddresses().map { "\($0.address) \($0.machine)" }
    }

    func card(_ id: MachineID) async throws -> NetworkCard {
        try await fabric.machine(id).nics[0]
    }

    /// Fails a machine over as planned and turns the direction round; it runs afterwards.
    func move(_ vm: String, _ kind: FailoverKind, by engine: ReplicationEngine) async throws {
        let protection = try await engine.protection(of: vm)!
        try await fabric.stop(protection.primary)
        _ = try await engine.prepare(vm)
        _ = try await engine.failOver(vm, FailoverRequest(kind))
        _ = try await engine.reverse(vm)
        try await fabric.start(protection.replica)
    }
}
