// The seam under everything that touches machines. `Embedded/` implements it over a lab folder;
// libvirt and the simulated world follow behind the same conformance suite.
import Model

/// One fabric: the sites, their hosts and their machines.
///
/// Every call is safe to repeat: doing what is already so succeeds and changes nothing. Every call
/// raises `name.unknown` for a site, host, switch or machine that is not there, with the nearest
/// spelling, and `fabric.site_unreachable` when the site does not answer. Conforming types do
/// blocking work on threads of their own, never on Swift's cooperative ones.
package protocol FabricProvider: Sendable {
    func sites() async throws -> [Site]
    /// Makes the site what `site` says, as one step; one that is not there yet is made. Which
    /// hosts are in maintenance is not said by it and stays. Raises `fabric.in_use` when machines,
    /// or the `addresses` that were given out, need what would be gone.
    func furnish(_ site: Site, given addresses: [GivenAddress]) async throws
    /// The machines of a site in the order of their names; of all sites when `site` is nil.
    func machines(at site: String?) async throws -> [VirtualMachine]
    func machine(_ id: MachineID) async throws -> VirtualMachine

    /// Creates a turned-off machine; its image disks are made empty (sparse, all zeros) at their
    /// sizes. Raises `fabric.machine_exists` when one of that name with another shape stands there.
    func define(_ machine: VirtualMachine) async throws
    /// Deletes a turned-off machine with its disks; succeeds when there is none.
    func remove(_ id: MachineID) async throws
    /// Changes what is not running state: role, epoch, host, tags, cards; adds disks, and lets
    /// image disks grow, whose new parts read as zeros. The epoch never falls
    /// (`fabric.epoch_outdated`). `change` is pure: it may be asked again when somebody was
    /// quicker. Raises `fabric.update_refused` for other changes, and `fabric.machine_running` for
    /// role, host, processors, memory or disks of a running machine.
    func update(
        _ id: MachineID, _ change: @Sendable (inout VirtualMachine) throws -> Void
    ) async throws

    /// Moves a machine to another host of its site; it runs on, and what is replicated to it goes
    /// on, while it does. Raises `fabric.switch_missing` when the host lacks a switch of its cards,
    /// and `fabric.host_in_maintenance`.
    func move(_ id: MachineID, to host: String) async throws
    /// Puts a host into maintenance, or with nil back into service; the machines it holds stay
    /// where they are. In maintenance it takes no machine and starts none
    /// (`fabric.host_in_maintenance`). Raises `fabric.cluster_in_maintenance` when another host of
    /// its cluster is in maintenance (N-6).
    func setMaintenance(
        _ maintenance: HostMaintenance?, host: String, at site: String
    ) async throws

    /// Powers on. Refuses `replica` machines, and an epoch that another site has outgrown or cannot
    /// be asked about (`fabric.epoch_outdated`, `fabric.epoch_unknown`): F-6.
    func start(_ id: MachineID) async throws
    /// Shuts the guest down and powers off; returns when it is off.
    func stop(_ id: MachineID) async throws

    /// Connects a card to a switch of the machine's host; nil takes its link down.
    /// Raises `fabric.switch_missing` when the host has no such switch.
    func connect(_ nic: String, of id: MachineID, to switchName: String?) async throws
    /// Turns the failover address of a card on (with or without an address) or off (nil).
    func setFailoverAddress(
        _ address: FailoverAddress?, nic: String, of id: MachineID
    ) async throws
    /// Sets the address the guest uses from now on, of the family it is; nil takes both away.
    func setGuestAddress(_ address: String?, nic: String, of id: MachineID) async throws

    /// Brings the guest's applications to rest: each ends what it was writing and begins nothing
    /// new until it is let go, at the latest when `limit` has passed. A machine that is off is at
    /// rest. Raises `fabric.quiesce_failed` when one does not come to rest within `limit`.
    func quiesce(_ id: MachineID, limit: Duration) async throws -> any Quiescence

    /// Where writes to the machine's disks are learnt from; one for the machine, all its disks
    /// together.
    func changeSource(of id: MachineID) async throws -> any ChangeSource
    /// The templates kept at a site, in the order of their names.
    func templates(at site: String) async throws -> [MachineTemplate]
    /// Makes a turned-off machine from a template of its site, with what the template's disks hold.
    /// Repeated under the same operation it finds what it has made. Raises `fabric.machine_exists`
    /// when another machine of the name stands there, `fabric.switch_missing` when no host has the
    /// template's switches, and `fabric.capacity_missing` when none has room.
    @discardableResult
    func deploy(_ deployment: Deployment) async throws -> VirtualMachine

    /// The raw image of a disk, for replication to write while the machine is a turned-off replica.
    func imagePath(of disk: String, machine id: MachineID) async throws -> String
}

extension FabricProvider {
    /// Raises `name.unknown` with the nearest name.
    @discardableResult
    package func site(named name: String) async throws -> Site {
        let sites = try await sites()
        guard let site = sites.first(where: { $0.name == name }) else {
            throw Failure.unknown("site", name, among: sites.map(\.name))
        }
        return site
    }

    /// The machine; nil when its site, which answers, has none of that name.
    package func machine(ifAny id: MachineID) async throws -> VirtualMachine? {
        do {
            return try await machine(id)
        } catch let failure as Failure where failure.code == .unknownName {
            return nil
        }
    }

    /// Whether the site's fabric answers at all.
    package func answers(_ site: String) async throws -> Bool {
        do {
            _ = try await machines(at: site)
            return true
        } catch let failure as Failure where failure.code == .siteUnreachable {
            return false
        }
    }
}

extension FabricProvider {
    /// A fabric whose sites are made by its own tools takes no declarations.
    package func furnish(_ site: Site, given addresses: [GivenAddress]) async throws {
        throw Failure(
            .siteFixed,
            "the fabric of site '\(site.name)' takes no declarations; change the site by the tools "
                + "it was made with",
            context: ["site": site.name])
    }

    /// A fabric that keeps no templates has none.
    package func templates(at site: String) async throws -> [MachineTemplate] { [] }

    @discardableResult
    package func deploy(_ deployment: Deployment) async throws -> VirtualMachine {
        throw Failure.noTemplate(deployment.template, at: deployment.machine.site, among: [])
    }
}

extension Failure {
    static func noTemplate(
        _ name: String, at site: String, among names: [String]
    ) -> Failure {
        Failure(
            .unknownName,
            "site '\(site)' keeps no template '\(name)'" + Spelling.hint(for: name, among: names),
            context: ["site": site, "template": name])
    }
}
