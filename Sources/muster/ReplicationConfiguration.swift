// What `muster.lua` says of replication:
//
//     replication = {
//       transfers = 6,
//       pairs = { { from = "oslo", to = "bergen", bandwidth = "10MiB",
//                   windows = { "22:00-06:00 Europe/Oslo" } } },
//       accepts = { bergen = { ["oslo"] = "from-oslo" }, tromso = {} },
//       keys = { contoso = "keys/contoso.key" },
//     }
//
// A site that `accepts` does not name takes replicas from anyone; one with an empty table from
// nobody. Key files stand by their paths, from the lab's folder.
import Foundation
import Model
import Orchestration
import Replication

struct ReplicationConfiguration: Sendable {
    var policy = ReplicationPolicy()
    /// Paths of key files by the names they are called.
    var keyFiles: [String: String] = [:]

    static let fields: [Parameter] = [
        Parameter("transfers", .integer(1..<1001), "Transfers at once, of the whole engine; 6."),
        Parameter(
            "pairs",
            .list(
                .record([
                    Parameter("from", .text, required: true, "The site that sends."),
                    Parameter("to", .text, required: true, "The site that receives."),
                    Parameter("bandwidth", .size, "What crosses in a second."),
                    Parameter(
                        "windows", .list(.text), "When cycles may begin: \"22:00-06:00 ZONE\"."),
                ])), "Bounds of what goes from one site to another."),
        Parameter(
            "accepts", .map(.map(.text)), "For each site, its peers and the folder of each."),
        Parameter("keys", .map(.text), "For each owner's key, its file of mode 0600."),
    ]

    init() {}

    /// Raises what is wrong, at the configuration's own line.
    init(_ card: Value, _ subject: CheckSubject) throws(Failure) {
        do {
            try self.init(read: card)
        } catch {
            throw subject.field("replication").failure("is wrong: \(error.message)")
        }
    }

    private init(read card: Value) throws(Failure) {
        let pairs = try (card["pairs"]?.list ?? []).map { pair throws(Failure) in
            SitePairRule(
                from: pair["from"]?.text ?? "", to: pair["to"]?.text ?? "",
                bytesPerSecond: try pair["bandwidth"]?.text.map { text throws(Failure) in
                    try ByteCount(text: text)
                },
                windows: try (pair["windows"]?.list ?? []).map { window throws(Failure) in
                    try TimeWindow(text: window.text ?? "")
                })
        }
        policy.transfers = try TransferPolicy(
            transfersMax: card["transfers"]?.integer.map { Int($0) } ?? Limits.transfersMax,
            pairs: pairs)
        for (site, peers) in (card["accepts"]?.object ?? [:]) where !site.hasPrefix("$") {
            policy.servers[site] = ReplicaServer(accepts: try Self.acceptance(peers))
        }
        keyFiles = (card["keys"]?.object ?? [:]).compactMapValues(\.text)
    }

    private static func acceptance(_ peers: Value) throws(Failure) -> ReplicaAcceptance {
        let named = (peers.object ?? [:]).filter { !$0.key.hasPrefix("$") }
        guard !named.isEmpty else { return .nothing }
        return .peers(
            try named.sorted { $0.key < $1.key }.map { name, place throws(Failure) in
                try AcceptedPeer(name: name, place: place.text ?? "")
            })
    }

    /// The keys that can be read. One that cannot must not keep other machines from being failed
    /// over: it is complained of, and missed where it is needed.
    func keys(in folder: String) -> KeyRing {
        KeyRing(
            keyFiles.mapValues { path in
                do {
                    return try KeyFile.read(path.hasPrefix("/") ? path : "\(folder)/\(path)")
                } catch {
                    Terminal.complain(Failure(error, as: .keyInvalid))
                    return nil
                }
            })
    }
}
