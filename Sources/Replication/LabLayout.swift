// Where replication keeps its files at each site:
//
//     LAB/sites/SITE/replication/VM/            or, where a site keeps peers apart,
//     LAB/sites/SITE/replication/@PLACE/VM/     the logs of replicas that come from one peer
//         outbox/G-S.log          written at the primary, until the replica has applied it
//         inbox/G-S.log           received at the replica, until it is applied
//         undo/G-S.undo           leads from point S back to the point before it
//         undo/G-S.redo           leads from the point before S forward to it, after going back
//         hashes/DISK.hashes      the hash of every block of the replica's disk
//         onward/G-S.log          applied here, until the replica's own replica has what it brought
//
// VM is the key of the protection (`web`, `web:extended`), so that a site in the middle of a chain
// keeps its two parts apart.
//
// G and S are generation and sequence, ten digits each, so that names sort as numbers do. A name
// that ends in `.part` is unfinished and worth nothing.
import Model

package struct LabLayout: Sendable {
    package let lab: String

    package init(lab: String) { self.lab = lab }

    /// One machine's folder at a site, in the place that the site keeps for its peer.
    package func folder(of vm: String, at site: String, in place: String?) -> MachineFolder {
        // No machine's name begins with the sign, so that a place is never taken for a machine.
        let inside = place.map { "@\($0)/" } ?? ""
        return MachineFolder(path: "\(lab)/sites/\(site)/replication/\(inside)\(vm)")
    }

    /// The folder of a protected machine at one of its two sites.
    package func folder(of protection: Protection, at site: String) -> MachineFolder {
        folder(of: protection.key, at: site, in: protection.agreement.places[site])
    }
}

package struct MachineFolder: Sendable, Hashable {
    package let path: String

    package var outbox: String { "\(path)/outbox" }
    package var inbox: String { "\(path)/inbox" }
    package var undo: String { "\(path)/undo" }
    package var hashes: String { "\(path)/hashes" }
    package var onward: String { "\(path)/onward" }

    /// Every folder of it.
    package var all: [String] { [outbox, inbox, undo, hashes, onward] }

    package func sentLog(_ name: LogName) -> String { "\(outbox)/\(name.text).log" }
    package func receivedLog(_ name: LogName) -> String { "\(inbox)/\(name.text).log" }
    package func undoLog(_ name: LogName) -> String { "\(undo)/\(name.text).undo" }
    package func redoLog(_ name: LogName) -> String { "\(undo)/\(name.text).redo" }
    package func hashFile(of disk: String) -> String { "\(hashes)/\(disk).hashes" }
}

extension LogName {
    /// `0000000001-0000000042`
    package var text: String { "\(digits(generation))-\(digits(sequence))" }

    /// Reads the name back from a file's name without its ending; nil when it is not one.
    package init?(text: Substring) {
        let parts = text.split(separator: "-")
        guard parts.count == 2, text.utf8.count == 21, let generation = Int(parts[0]),
            let sequence = Int(parts[1])
        else { return nil }
        self.init(generation: generation, sequence: sequence)
    }

    private func digits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 10 - text.count)) + text
    }
}
