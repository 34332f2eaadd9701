// Makes the parts of a site of its card, each held against the parts that it names.
import Model

/// One part as it stands in the card.
struct SitePart {
    let name: String
    let card: Value
    /// The part at the author's line.
    let subject: CheckSubject

    func texts(_ field: String) -> [String]? { card[field]?.list?.compactMap(\.text) }
}

struct SiteCardReader {
    let card: Value
    let subject: CheckSubject

    func parts(
        _ field: String, _ kind: String, by first: String = "name", isUnique: Bool = true
    ) throws(Failure) -> [SitePart] {
        var seen: Set<String> = []
        var parts: [SitePart] = []
        for card in card[field]?.list ?? [] {
            let name = card[first]?.text ?? ""
            let part = SitePart(
                name: name, card: card,
                subject: CheckSubject("\(kind) \"\(name)\"", code: .cardInvalid)
                    .within(card.object ?? [:]))
            try part.subject.checkName(name)
            guard seen.insert(name).inserted || !isUnique else {
                throw part.subject.failure("stands twice")
            }
            parts.append(part)
        }
        return parts
    }

    /// A list of names.
    func names(_ field: String) throws(Failure) -> [String] {
        var names: [String] = []
        for name in card[field]?.list?.compactMap(\.text) ?? [] {
            try subject.field(field).checkName(name)
            guard !names.contains(name) else {
                throw subject.field(field).failure("has '\(name)' twice")
            }
            names.append(name)
        }
        return names
    }

    func networks() throws(Failure) -> [Network] {
        try parts("networks", "network").map { part throws(Failure) in
            Network(
                name: part.name, isIsolated: part.card["isolated"]?.boolean ?? false,
                pool: try pool(of: part))
        }
    }

    private func pool(of part: SitePart) throws(Failure) -> AddressPool {
        var pool = AddressPool()
        for text in part.texts("pool") ?? [] {
            let range: AddressRange
            do {
                range = try AddressRange(text: text)
            } catch {
                throw part.subject.field("pool").failure("cannot be: \(error.message)")
            }
            if let other = pool.ranges.first(where: { $0.overlaps(range) }) {
                throw part.subject.field("pool").failure("has \(range), which overlaps \(other)")
            }
            pool.ranges.append(range)
        }
        return pool
    }

    func hosts(of site: Site) throws(Failure) -> [Host] {
        try parts("hosts", "host").map { part throws(Failure) in
            var host = Host(
                name: part.name, switches: [], trustGroup: part.card["trust_group"]?.text,
                processors: part.card["processors"]?.integer.map { Int($0) },
                group: part.card["group"]?.text)
            host.memory = try size(part.card["memory"])
            if let group = host.group {
                try part.subject.require("host group", group, among: site.hostGroups)
            }
            let storage = (part.card["storage"]?.object ?? [:]).filter { !$0.key.hasPrefix("$") }
            for (name, value) in storage.sorted(by: { $0.key < $1.key }) {
                try part.subject.require("storage class", name, among: site.storageClasses)
                host.storage = host.storage ?? [:]
                host.storage?[name] = try size(value)
            }
            return host
        }
    }

    private func size(_ value: Value?) throws(Failure) -> ByteCount? {
        guard let text = value?.text else { return nil }
        return try ByteCount(text: text)
    }

    /// Gives the hosts their switches.
    func connect(_ site: inout Site) throws(Failure) {
        let names = site.hosts.map(\.name)
        for part in try parts("switches", "switch") {
            let network = part.card["network"]?.text ?? part.name
            try part.subject.require("network", network, among: site.networks.map(\.name))
            let chosen = part.texts("hosts") ?? names
            for name in chosen { try part.subject.require("host", name, among: names) }
            for index in site.hosts.indices where chosen.contains(site.hosts[index].name) {
                site.hosts[index].switches.append(Switch(name: part.name, network: network))
            }
        }
    }

    func clusters(of site: Site) throws(Failure) -> [Cluster] {
        try parts("clusters", "cluster").map { part throws(Failure) in
            let hosts = part.texts("hosts") ?? []
            for name in hosts {
                try part.subject.require("host", name, among: site.hosts.map(\.name))
            }
            return Cluster(
                name: part.name, hosts: hosts, accessName: part.card["access_name"]?.text ?? "")
        }
    }
}

extension AddressRange {
    fileprivate func overlaps(_ other: AddressRange) -> Bool {
        contains(other.lower) || other.contains(lower)
    }
}
