// Maintenance of hosts (N-6): who may enter it, and where the machines of one go meanwhile. A host
// in maintenance takes no machine and starts none; of a cluster only one is in it at a time.

/// Why a host takes no machines for a while.
package struct HostMaintenance: Sendable, Hashable, Codable {
    package var reason: String

    package init(reason: String) { self.reason = reason }
}

extension Cluster {
    /// Whether it is called so, or reached by that name (N-7).
    package func isReached(by name: String) -> Bool { self.name == name || accessName == name }
}

extension Site {
    /// The hosts that stand for one another under that name, in the cluster's order; nil when no
    /// cluster has it.
    package func hosts(reachedBy name: String) -> [Host]? {
        clusters.first { $0.isReached(by: name) }.map { $0.hosts.compactMap(host) }
    }

    /// The other hosts of the clusters that a host belongs to.
    package func companions(of host: String) -> [Host] {
        let names = clusters.filter { $0.hosts.contains(host) }.flatMap(\.hosts)
        return hosts.filter { $0.name != host && names.contains($0.name) }
    }

    /// Raises `fabric.cluster_in_maintenance` when another host of a cluster is in maintenance.
    package func requireMayEnterMaintenance(_ host: String) throws(Failure) {
        guard let other = companions(of: host).first(where: { $0.maintenance != nil }) else {
            return
        }
        throw Failure(
            .clusterInMaintenance,
            "host '\(host)' of site '\(name)' must not enter maintenance: '\(other.name)' of its "
                + "cluster is in maintenance (\(other.maintenance?.reason ?? "")); that one "
                + "leaves first",
            context: ["host": host, "site": name, "other": other.name])
    }

    /// Raises `fabric.host_in_maintenance`.
    package func requireOpen(_ host: String) throws(Failure) {
        guard let maintenance = self.host(host)?.maintenance else { return }
        throw Failure(
            .hostInMaintenance,
            "host '\(host)' of site '\(name)' is in maintenance (\(maintenance.reason)); choose "
                + "another host, or end it: muster fabric maintenance \(name)/\(host) --leave",
            context: ["host": host, "site": name])
    }

    /// This site, its hosts in maintenance as those of `standing` are: it is declared nowhere.
    package func keepingMaintenance(of standing: Site) -> Site {
        var kept = self
        for index in kept.hosts.indices {
            kept.hosts[index].maintenance = standing.host(kept.hosts[index].name)?.maintenance
        }
        return kept
    }
}

extension Host {
    /// What the machines it holds leave of its memory, off or on: all of them may have to run at
    /// once after a failover. nil when nobody has said how much it has.
    package func freeMemory(beside machines: [VirtualMachine]) -> ByteCount? {
        memory.map { memory in
            let held = machines.filter { $0.host == name }.reduce(0) { $0 + $1.memory.bytes }
            return ByteCount(max(0, memory.bytes - held))
        }
    }

    /// Why a machine of a cluster's host cannot move here; nil when it can.
    fileprivate func obstacle(
        to machine: VirtualMachine, of host: Host, beside machines: [VirtualMachine]
    ) -> String? {
        if maintenance != nil { return "'\(name)' is in maintenance" }
        // Out of its trust group it would not be replicated any more (R-3).
        if trustGroup != host.trustGroup { return "'\(name)' is of another trust group" }
        let wanted = machine.nics.compactMap(\.switchName)
        if let missing = wanted.first(where: { name in !switches.contains { $0.name == name } }) {
            return "'\(name)' has no switch '\(missing)'"
        }
        if let free = freeMemory(beside: machines), free < machine.memory {
            return "'\(name)' has \(free) free"
        }
        return nil
    }
}

/// Where the machines of a host go when it enters maintenance: all of them are placed before the
/// first moves.
package struct Evacuation: Sendable, Hashable {
    package struct Move: Sendable, Hashable {
        package var machine: VirtualMachine
        package var host: String
    }

    package private(set) var moves: [Move] = []

    /// Each machine goes to the host of the cluster with the most memory left, the large ones
    /// first. On a host of no cluster machines that are off may stay, unless they are replicas.
    ///
    /// Raises `fabric.capacity_missing`, with what keeps each host of the cluster from taking the
    /// machine, and `fabric.in_use` for a host of no cluster that holds what must go on.
    package init(of host: Host, at site: Site, machines: [VirtualMachine]) throws(Failure) {
        let companions = site.companions(of: host.name)
        let held = machines.filter { $0.host == host.name && $0.id.site == site.name }
            .sorted { ($1.memory, $0.id) < ($0.memory, $1.id) }
        if companions.isEmpty {
            try Self.requireIdle(host, at: site, held)
            return
        }
        var machines = machines.filter { $0.id.site == site.name }
        for machine in held {
            let rooms = companions.map { room in
                (room, room.obstacle(to: machine, of: host, beside: machines))
            }
            let open = rooms.filter { $0.1 == nil }.map(\.0)
            guard let best = open.roomiest(beside: machines) else {
                let reasons = rooms.compactMap(\.1).joined(separator: ", ")
                throw Failure(
                    .capacityMissing,
                    "host '\(host.name)' of site '\(site.name)' cannot be emptied: no host of its "
                        + "cluster takes \(machine.id.name) with \(machine.memory) of memory: "
                        + reasons,
                    context: ["host": host.name, "site": site.name, "vm": machine.id.name])
            }
            moves.append(Move(machine: machine, host: best.name))
            for index in machines.indices where machines[index].id == machine.id {
                machines[index].host = best.name
            }
        }
    }

    private static func requireIdle(
        _ host: Host, at site: Site, _ held: [VirtualMachine]
    ) throws(Failure) {
        let busy = held.filter { $0.power == .running || $0.role == .replica }.map(\.id.name)
        guard busy.isEmpty else {
            throw Failure(
                .inUse,
                "host '\(host.name)' of site '\(site.name)' is in no cluster and holds "
                    + "\(busy.sorted().joined(separator: ", ")); move them to another host "
                    + "(muster vm move), or declare a cluster",
                context: ["host": host.name, "site": site.name])
        }
    }
}

extension [Host] {
    /// The one with the most memory left; one of which nobody has said how much it has goes first.
    package func roomiest(beside machines: [VirtualMachine]) -> Host? {
        // The first of equals, so that the same question has the same answer.
        reversed().max { left, right in
            let room = [left, right].map { $0.freeMemory(beside: machines)?.bytes ?? .max }
            return room[0] < room[1]
        }
    }
}
