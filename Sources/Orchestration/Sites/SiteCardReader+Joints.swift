// What joins a site to others: mappings of networks, and pairings of clouds. Whether the other site
// has what they name is asked when all declarations are there.
import Model

extension SiteCardReader {
    func mapping(_ part: SitePart, of site: Site) throws(Failure) -> NetworkMapping {
        try part.subject.require("network", part.name, among: site.networks.map(\.name))
        let (place, network) = try other(part.card["to"], part.subject, "tenant")
        guard place != site.name else {
            guard network == part.name else {
                throw part.subject.failure("is mapped within its own site; name another site's")
            }
            throw part.subject.failure(
                "is mapped to itself: a network that is stretched over two sites is mapped to the "
                    + "other site's end of it, to = \"SITE:\(network)\", addresses = \"keep\"")
        }
        // The same name at both sites is the stretched network, which keeps its addresses.
        let usual: NetworkMapping.Addresses = network == part.name ? .keep : .pool
        return NetworkMapping(
            network: part.name, target: NetworkName(site: place, network: network),
            addresses: part.card["addresses"]?.text.flatMap(NetworkMapping.Addresses.init) ?? usual)
    }

    func cloud(_ part: SitePart, of site: Site) throws(Failure) -> Cloud {
        let groups = part.texts("host_groups") ?? []
        for group in groups {
            try part.subject.require("host group", group, among: site.hostGroups)
        }
        let cloud = Cloud(name: part.name, hostGroups: groups)
        guard let pair = part.card["pair"] else { return cloud }
        var paired = cloud
        paired.pairing = try pairing(pair, part.subject, of: CloudName(site.name, part.name))
        return paired
    }

    private func pairing(
        _ pair: Value, _ subject: CheckSubject, of own: CloudName
    ) throws(Failure) -> CloudPairing {
        let (place, cloud) = try other(pair["to"], subject, "gold")
        guard place != own.site else {
            throw subject.failure(
                cloud == own.name
                    ? "is paired with itself; name a cloud of another site"
                    : "is paired within its own site; name a cloud of another site")
        }
        let interval: ReplicationInterval
        var rpo: Int?
        let quiet = pair["first_copy"].flatMap { first in
            first["at"]?.text.map {
                RecoveryTerms.QuietHour(at: $0, zone: first["zone"]?.text ?? "UTC")
            }
        }
        do {
            try quiet?.check(from: Timestamp(microseconds: 0))
            interval = try ReplicationInterval(text: pair["interval"]?.text ?? "5m")
            if let text = pair["rpo"]?.text {
                let most = try Duration(text: text)
                try interval.check(against: most, of: "the cloud")
                rpo = Int(most.components.seconds)
            }
        } catch {
            throw subject.failure("cannot be paired so: \(error.message)")
        }
        return CloudPairing(
            cloud: cloud,
            terms: RecoveryTerms(
                target: place, interval: interval, pointsKept: Int(pair["points"]?.integer ?? 1),
                rpoSeconds: rpo, firstCopy: quiet),
            isCompressed: pair["compression"]?.boolean ?? true)
    }

    /// Reads `bergen:tenant`.
    private func other(
        _ value: Value?, _ subject: CheckSubject, _ example: String
    ) throws(Failure) -> (site: String, name: String) {
        let parts = (value?.text ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw subject.failure(
                "goes to '\(value?.text ?? "")'; write the site before it: \"bergen:\(example)\"")
        }
        return (String(parts[0]), String(parts[1]))
    }
}

/// Whose pairing it is.
private struct CloudName {
    let site: String
    let name: String

    init(_ site: String, _ name: String) {
        self.site = site
        self.name = name
    }
}
