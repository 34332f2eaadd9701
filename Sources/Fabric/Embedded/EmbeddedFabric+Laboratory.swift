// What only a lab has: sites, hosts, switches and networks are made at will, and sites are cut off, lost
// and joined again on purpose.
import Model

extension EmbeddedFabric {
    /// Makes a site with no hosts; succeeds when it is there.
    package func createSite(_ name: String) async throws { fatalError() }
    /// Adds a host without switches; succeeds when it is there.
    package func addHost(_ host: String, at site: String) async throws { fatalError() }
    /// Adds a network. Raises `fabric.lab_exists` when it is there with the other isolation.
    package func addNetwork(_ network: Network, at site: String) async throws { fatalError() }
    /// Adds a switch to `host`, to every host of the site when nil. Its network must be there
    /// (`name.unknown`). Raises `fabric.lab_exists` when it is there on another network.
    package func addSwitch(_ added: Switch, host: String?, at site: String) async throws {
        fatalError()
    }

    /// Cuts the site off: its machines go on running, every call for it raises
    /// `fabric.site_unreachable` until ``heal(_:)``.
    package func cut(_ site: String) async throws { fatalError() }
    /// The site is lost: as ``cut(_:)``, and its power is gone. Its machines end uncleanly, so that
    /// others of their names may be started elsewhere.
    package func lose(_ site: String) async throws { fatalError() }
    /// Joins the site again. Nothing is started by it (F-5).
    package func heal(_ site: String) async throws { fatalError() }
    /// The sites that are cut off or lost now.
    package func unreachableSites() async throws -> [String] { fatalError() }

    /// The folder of a machine, for `DiskImage`.
    package func folder(of id: MachineID) async throws -> String { fatalError() }
}
