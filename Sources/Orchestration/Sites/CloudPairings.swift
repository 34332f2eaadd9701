// What follows from clouds that are paired (N-2): every host of their groups is configured to send,
// every host of the cloud that receives to receive, and no other host is. Pure, over all sites.
import Model

struct CloudPairings {
    private let sites: [Site]

    init(of sites: [Site]) { self.sites = sites }

    /// The sites with their hosts configured by the pairings there are.
    func configured() -> [Site] {
        sites.map { site in
            var site = site
            for index in site.hosts.indices {
                let clouds = site.clouds.filter { $0.holds(site.hosts[index]) }
                let sends = clouds.compactMap { $0.pairing?.name }
                let receives = clouds.flatMap { senders(to: "\(site.name):\($0.name)") }
                site.hosts[index].sendsTo = sends.isEmpty ? nil : sends.sorted()
                site.hosts[index].receivesFrom = receives.isEmpty ? nil : receives.sorted()
            }
            return site
        }
    }

    /// The clouds that are paired with that one.
    private func senders(to name: String) -> [String] {
        sites.flatMap { site in
            site.clouds.filter { $0.pairing?.name == name }.map { "\(site.name):\($0.name)" }
        }
    }

    /// Every pairing with the hosts on both sides.
    var views: [Value] {
        sites.flatMap { site in
            site.clouds.compactMap { cloud in
                cloud.pairing.map { view(of: cloud, $0, at: site) }
            }
        }
    }

    private func view(of cloud: Cloud, _ pairing: CloudPairing, at site: Site) -> Value {
        let target = sites.first { $0.name == pairing.terms.target }
        let receivers = target?.cloud(pairing.cloud).flatMap { target?.hosts(of: $0) } ?? []
        var fields = pairing.terms.view.object ?? [:]
        fields["site"] = .text(site.name)
        fields["cloud"] = .text(cloud.name)
        fields["hosts"] = .list(site.hosts(of: cloud).map { .text($0.name) })
        fields["target_cloud"] = .text(pairing.cloud)
        fields["target_hosts"] = .list(receivers.map { .text($0.name) })
        fields["compression"] = .boolean(pairing.isCompressed)
        return .object(fields)
    }

    static let fields: [Parameter] =
        RecoveryTerms.fields + [
            Parameter("site", .text, required: true, "The site whose machines are protected."),
            Parameter("cloud", .text, required: true, "The cloud they are deployed to."),
            Parameter("hosts", .list(.text), required: true, "The hosts of its host groups."),
            Parameter("target_cloud", .text, required: true, "The cloud that receives."),
            Parameter("target_hosts", .list(.text), required: true, "The hosts of that one."),
            Parameter("compression", .boolean, required: true, "Whether what is sent is packed."),
        ]
}

extension CloudPairing {
    /// `bergen:gold`.
    fileprivate var name: String { "\(terms.target):\(cloud)" }
}
