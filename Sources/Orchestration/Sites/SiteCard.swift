// The fields of a site's card, as data: what `site { … }`, `site.network { … }` and the others may
// say. The check with its nearest spelling and the editor's files come from here.
import Model

package enum SiteCard {
    private static let names = ValueType.list(.text)

    package static let network: [Parameter] = [
        Parameter("name", .text, required: true, "The network's name."),
        Parameter("isolated", .boolean, "It reaches nothing outside: for test failovers; false."),
        Parameter(
            "pool", names,
            "Addresses for machines that come by failover: \"10.2.0.10-10.2.0.99\", v4 and v6."),
    ]

    package static let switchFields: [Parameter] = [
        Parameter("name", .text, required: true, "The switch's name."),
        Parameter("network", .text, "The network it belongs to; the one of its own name."),
        Parameter("hosts", names, "The hosts that offer it; all when left out."),
    ]

    package static let host: [Parameter] = [
        Parameter("name", .text, required: true, "The host's name."),
        Parameter("group", .text, "The host group it belongs to."),
        Parameter("processors", .integer(1..<4097), "The processors it has."),
        Parameter("memory", .size, "What its machines may have together; no bound."),
        Parameter("storage", .map(.size), "For each storage class, what it holds of it."),
        Parameter("trust_group", .text, "Machines replicate on when they move within it."),
    ]

    private static let pair: [Parameter] = [
        Parameter("to", .text, required: true, "The cloud that receives: \"bergen:gold\"."),
        Parameter(
            "interval", .choice(ReplicationInterval.allCases.map(\.rawValue)),
            "How often changes are sent; \"5m\"."),
        Parameter("points", .integer(1..<25), "Recovery points to keep; 1."),
        Parameter("compression", .boolean, "Compress what is sent; true."),
        Parameter("rpo", .duration, "How much may be lost; an interval is never longer."),
        Parameter(
            "first_copy",
            .record([
                Parameter("at", .time, required: true, "When first copies may begin."),
                Parameter("zone", .text, "The zone of the hour, \"Europe/Oslo\"; UTC."),
            ]), "When first copies begin; at once when left out."),
    ]

    package static let cloud: [Parameter] = [
        Parameter("name", .text, required: true, "The cloud's name."),
        Parameter("host_groups", names, required: true, "The host groups it lies over."),
        Parameter("pair", .record(pair), "Where its machines are replicated to, and how."),
    ]

    package static let cluster: [Parameter] = [
        Parameter("name", .text, required: true, "The cluster's name."),
        Parameter("hosts", names, required: true, "Its hosts."),
        Parameter("access_name", .text, required: true, "The one name it is reached by."),
    ]

    package static let mapping: [Parameter] = [
        Parameter("network", .text, required: true, "The network of this site."),
        Parameter("to", .text, required: true, "What stands for it there: \"bergen:tenant\"."),
        Parameter(
            "addresses", .choice(NetworkMapping.Addresses.allCases.map(\.rawValue)),
            "What a card has there: \"pool\", or \"keep\", as is usual where the name is the same."),
    ]

    package static let site: [Parameter] = [
        Parameter("name", .text, required: true, "The site's name, that of its file."),
        Parameter("networks", .list(.made("network", network)), "Its networks."),
        Parameter("switches", .list(.made("switch", switchFields)), "The switches of its hosts."),
        Parameter("host_groups", names, "The host groups there are."),
        Parameter("hosts", .list(.made("host", host)), "Its hosts."),
        Parameter("clouds", .list(.made("cloud", cloud)), "Its clouds."),
        Parameter("clusters", .list(.made("cluster", cluster)), "Its clusters."),
        Parameter("storage_classes", names, "The kinds of storage there are."),
        Parameter(
            "mappings", .list(.made("mapping", mapping)),
            "Which networks of other sites stand for its own after a failover."),
    ]
}
