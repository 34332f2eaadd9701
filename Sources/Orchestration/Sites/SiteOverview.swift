// A site as it stands, with what is used of it: as a tree for people, and as a value for programs.
import Model

/// A line of a tree with those below it.
package struct TreeLine: Sendable, Hashable {
    package let text: String
    package let children: [TreeLine]

    package init(_ text: String, _ children: [TreeLine] = []) {
        self.text = text
        self.children = children
    }
}

package struct SiteOverview: Sendable {
    package let site: Site
    /// Of a site that does not answer, what is used is not known.
    package let answers: Bool
    package let machines: [VirtualMachine]
    package let given: [GivenAddress]

    package var tree: TreeLine {
        let ungrouped = site.hosts.filter { $0.group == nil }
        let parts =
            site.clouds.map { TreeLine("cloud \($0.name): \($0.words)") }
            + site.hostGroups.map { group in
                TreeLine("host group \(group)", site.hosts.filter { $0.group == group }.map(line))
            } + ungrouped.map(line)
            + site.clusters.map { TreeLine("cluster \($0.name): \($0.words)") }
            + site.storageClasses.map { TreeLine("storage class \($0)") }
            + site.networks.map(line)
        return TreeLine(answers ? site.name : "\(site.name) (does not answer)", parts)
    }

    private func line(_ host: Host) -> TreeLine {
        let held = machines.filter { $0.host == host.name }
        let memory = ByteCount(held.reduce(0) { $0 + $1.memory.bytes })
        let processors = held.reduce(0) { $0 + $1.processors }
        var use = ["\(held.count) machines"]
        use.append("\(processors)\(host.processors.map { " of \($0)" } ?? "") processors")
        use.append("\(memory)\(host.memory.map { " of \($0)" } ?? "") memory")
        for (name, size) in (host.storage ?? [:]).sorted(by: { $0.key < $1.key }) {
            use.append("\(size) of \(name)")
        }
        if let maintenance = host.maintenance {
            use.append("in maintenance: \(maintenance.reason)")
        }
        return TreeLine(
            "host \(host.name): " + (answers ? use.joined(separator: ", ") : host.words),
            host.switches.map { TreeLine("switch \($0.name) on the network \($0.network)") })
    }

    private func line(_ network: Network) -> TreeLine {
        let pools = network.pool.families.map { family in
            let (used, count) = use(of: network, family)
            return TreeLine(
                "\(family.rawValue) pool: \(used) of \(count) used, \(count - used) free")
        }
        let mappings = site.mappings.filter { $0.network == network.name }
            .map { TreeLine("mapped to \($0.words)") }
        let words = network.words
        return TreeLine(
            "network \(network.name)" + (words.isEmpty ? "" : ": \(words)"), pools + mappings)
    }

    private func use(of network: Network, _ family: Address.Family) -> (used: Int, count: Int) {
        let used = given.count {
            $0.network.network == network.name && $0.address.family == family
                && network.pool.contains($0.address)
        }
        return (used, network.pool.count(family))
    }
}

extension SiteOverview {
    package var value: Value {
        [
            "name": .text(site.name), "answers": .boolean(answers),
            "clouds": .list(site.clouds.map(\.value)),
            "host_groups": .list(site.hostGroups.map { .text($0) }),
            "hosts": .list(site.hosts.map(value)),
            "clusters": .list(
                site.clusters.map {
                    [
                        "name": .text($0.name), "hosts": .list($0.hosts.map { .text($0) }),
                        "access_name": .text($0.accessName),
                    ]
                }),
            "storage_classes": .list(site.storageClasses.map { .text($0) }),
            "networks": .list(site.networks.map(value)),
            "mappings": .list(site.mappings.map(\.value)),
        ]
    }

    private func value(_ host: Host) -> Value {
        let held = machines.filter { $0.host == host.name }
        return [
            "name": .text(host.name), "group": host.group.map { .text($0) } ?? .null,
            "processors": host.processors.map { .integer(Int64($0)) } ?? .null,
            "memory": host.memory.map { .integer($0.bytes) } ?? .null,
            "storage": .object((host.storage ?? [:]).mapValues { .integer($0.bytes) }),
            "machines": .list(held.map { .text($0.id.name) }),
            "maintenance": host.maintenance.map { .text($0.reason) } ?? .null,
            "switches": .list(
                host.switches.map { ["name": .text($0.name), "network": .text($0.network)] }),
        ]
    }

    private func value(_ network: Network) -> Value {
        let own = given.filter { $0.network.network == network.name }
        return [
            "name": .text(network.name), "isolated": .boolean(network.isIsolated),
            "pool": .list(network.pool.ranges.map { .text($0.description) }),
            "used": .list(
                own.map {
                    [
                        "address": .text($0.address.description), "nic": .text($0.nic),
                        "vm": .text($0.machine.description),
                    ]
                }),
            "free": .object(
                Dictionary(
                    uniqueKeysWithValues: network.pool.families.map { family in
                        let (used, count) = use(of: network, family)
                        return (family.rawValue, .integer(Int64(count - used)))
                    })),
        ]
    }
}

extension Cloud {
    fileprivate var value: Value {
        [
            "name": .text(name), "host_groups": .list(hostGroups.map { .text($0) }),
            "pair": pairing.map { .text($0.words) } ?? .null,
        ]
    }
}

extension NetworkMapping {
    fileprivate var value: Value {
        [
            "network": .text(network), "to": .text(target.description),
            "addresses": .text(addresses.rawValue),
        ]
    }
}
