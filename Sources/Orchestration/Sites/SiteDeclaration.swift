// A site as its file declares it, read and found sound by itself: every name resolves within the
// site. What it says of other sites is checked with them (FabricDeclarations).
import Model

package struct SiteDeclaration: Sendable {
    package private(set) var site: Site
    /// What it says of other sites, and where.
    private(set) var mappings: [(mapping: NetworkMapping, subject: CheckSubject)] = []
    private(set) var pairings: [(pairing: CloudPairing, cloud: Cloud, subject: CheckSubject)] = []

    /// Raises `plan.card_invalid` with file and line, the part and the nearest spelling.
    package init(card: Value, file: String) throws(Failure) {
        let whole = CheckSubject(
            "site", code: .cardInvalid, at: SourcePosition(file: file, line: 1))
        guard card["$kind"]?.text == "site" else {
            throw whole.failure("card is missing: the file must return site { … }")
        }
        try ValueType.record(SiteCard.site).check(card, whole)
        let subject = whole.within(card.object ?? [:])
        site = Site(name: card["name"]?.text ?? "", hosts: [], networks: [])
        guard file.hasSuffix("/\(site.name).lua") else {
            throw subject.failure("is '\(site.name)', and a site stands in the file of its name")
        }
        try subject.checkName(site.name)
        let reader = SiteCardReader(card: card, subject: subject)
        site.hostGroups = try reader.names("host_groups")
        site.storageClasses = try reader.names("storage_classes")
        site.networks = try reader.networks()
        site.hosts = try reader.hosts(of: site)
        try reader.connect(&site)
        site.clusters = try reader.clusters(of: site)
        try readClouds(reader)
        try readMappings(reader)
    }

    private mutating func readClouds(_ reader: SiteCardReader) throws(Failure) {
        var paired: [String: String] = [:]
        for part in try reader.parts("clouds", "cloud") {
            let cloud = try reader.cloud(part, of: site)
            site.clouds.append(cloud)
            guard let pairing = cloud.pairing else { continue }
            for group in cloud.hostGroups {
                if let other = paired.updateValue(cloud.name, forKey: group) {
                    throw part.subject.failure(
                        "pairs the host group '\(group)', which the cloud '\(other)' pairs already")
                }
            }
            pairings.append((pairing, cloud, part.subject))
        }
    }

    private mutating func readMappings(_ reader: SiteCardReader) throws(Failure) {
        for part in try reader.parts("mappings", "mapping", by: "network", isUnique: false) {
            let mapping = try reader.mapping(part, of: site)
            if site.mapping(of: mapping.network, to: mapping.target.site) != nil {
                throw part.subject.failure("is mapped to \(mapping.target.site) twice")
            }
            site.mappings.append(mapping)
            mappings.append((mapping, part.subject))
        }
    }
}

extension CheckSubject {
    func checkName(_ name: String) throws(Failure) {
        do {
            try Name.checked(name, "part of a site")
        } catch {
            throw failure("has a name that cannot be: \(error.message)")
        }
    }

    /// Raises unless one of `names` is meant.
    func require(
        _ kind: String, _ name: String, among names: some Sequence<String>
    ) throws(Failure) {
        guard !names.contains(name) else { return }
        throw failure(
            "names the unknown \(kind) '\(name)'" + Spelling.hint(for: name, among: names))
    }
}
