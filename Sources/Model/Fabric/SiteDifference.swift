// What would change at a site that becomes another: its parts by name, each with the words that
// tell all there is to it. The order in which parts stand is no difference.

/// One change of a site's part.
package struct SiteDifference: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable { case added, changed, removed }

    package var kind: Kind
    /// `switch tenant of bergen-1`.
    package var part: String
    /// What it is now, in words; nil when it is added.
    package var was: String?
    /// What it is to be; nil when it is removed.
    package var becomes: String?

    /// From `standing`, nil for a site that is not there yet.
    package static func list(from standing: Site?, to declared: Site) -> [SiteDifference] {
        let old = standing?.parts ?? [:]
        let new = declared.parts
        return Set(old.keys).union(new.keys).sorted().compactMap { part in
            let (was, becomes) = (old[part], new[part])
            guard was != becomes else { return nil }
            let kind: Kind = was == nil ? .added : becomes == nil ? .removed : .changed
            return SiteDifference(kind: kind, part: part, was: was, becomes: becomes)
        }
    }
}

extension Site {
    /// What there is, by name, with all that is said of it.
    fileprivate var parts: [String: String] {
        var parts = ["site \(name)": ""]
        for group in hostGroups { parts["host group \(group)"] = "" }
        for storage in storageClasses { parts["storage class \(storage)"] = "" }
        for network in networks { parts["network \(network.name)"] = network.words }
        for host in hosts {
            parts["host \(host.name)"] = host.words
            for item in host.switches {
                parts["switch \(item.name) of \(host.name)"] = "network \(item.network)"
            }
        }
        for cloud in clouds { parts["cloud \(cloud.name)"] = cloud.words }
        for cluster in clusters { parts["cluster \(cluster.name)"] = cluster.words }
        for mapping in mappings {
            parts["mapping of \(mapping.network) to \(mapping.target.site)"] = mapping.words
        }
        return parts
    }
}

extension Network {
    /// `isolated, 10.2.0.10-10.2.0.99`.
    package var words: String {
        ((isIsolated ? ["isolated"] : []) + pool.ranges.map(\.description)).joined(separator: ", ")
    }
}

extension Host {
    package var words: String {
        var words: [String] = []
        if let group { words.append("group \(group)") }
        if let processors { words.append("\(processors) processors") }
        if let memory { words.append("memory \(memory)") }
        for (name, size) in (storage ?? [:]).sorted(by: { $0.key < $1.key }) {
            words.append("storage \(name) \(size)")
        }
        if let trustGroup { words.append("trust group \(trustGroup)") }
        if let sendsTo { words.append("sends to \(sendsTo.joined(separator: ", "))") }
        if let receivesFrom {
            words.append("receives from \(receivesFrom.joined(separator: ", "))")
        }
        return words.joined(separator: ", ")
    }
}

extension Cloud {
    package var words: String {
        let groups = "host groups \(hostGroups.joined(separator: ", "))"
        return pairing.map { "\(groups); paired with \($0.words)" } ?? groups
    }
}

extension CloudPairing {
    package var words: String {
        var words = ["\(terms.target):\(cloud)", "every \(terms.interval.rawValue)"]
        words.append(terms.pointsKept == 1 ? "1 point" : "\(terms.pointsKept) points")
        if let seconds = terms.rpoSeconds {
            words.append("losing \(Duration.seconds(seconds).text) at most")
        }
        words.append(isCompressed ? "compressed" : "uncompressed")
        if let quiet = terms.firstCopy { words.append("first copy \(quiet.at) \(quiet.zone)") }
        return words.joined(separator: ", ")
    }
}

extension Cluster {
    package var words: String { "\(hosts.joined(separator: ", ")); access name \(accessName)" }
}

extension NetworkMapping {
    package var words: String {
        "\(target), " + (addresses == .pool ? "an address of its pool" : "the card's own address")
    }
}
