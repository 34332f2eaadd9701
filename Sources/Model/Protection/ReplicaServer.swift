// A site as a receiver of replicas: whom it takes them from, and which language it speaks (R-1,
//

package struct ReplicaServer: Sendable, Hashable, Codable {
    package var accepts: ReplicaAcceptance
    /// The newest protocol version the site speaks; it speaks all before it too.
    package var version: Int

    /// The newest version this program speaks.
    package static let versionMax = 2

    package init(accepts: ReplicaAcceptance = .anyone, version: Int = Self.versionMax) {
        self.accepts = accepts
        self.version = version
    }
}

/// Whose replicas a site takes, and where they land.
package enum ReplicaAcceptance: Sendable, Hashable, Codable {
    case nothing
    /// Every authenticated peer; all in one folder.
    case anyone
    /// These peers only, each in its own folder.
    case peers([AcceptedPeer])

    /// Where replicas from `peer` land.
    package enum Verdict: Sendable, Hashable {
        case refused
        /// nil for the site's only folder.
        case place(String?)
    }

    /// A peer that two rules name lands where the first says.
    package func verdict(on peer: String) -> Verdict {
        switch self {
        case .nothing: return .refused
        case .anyone: return .place(nil)
        case .peers(let peers):
            guard let rule = peers.first(where: { $0.name.matches(peer) }) else { return .refused }
            return .place(rule.place)
        }
    }
}

/// A peer whose replicas a site takes.
package struct AcceptedPeer: Sendable, Hashable, Codable {
    package var name: PeerName
    /// The folder, within the site's, that takes this peer's replicas.
    package var place: String

    /// Raises `usage.invalid` for a name or folder that cannot be.
    package init(name: String, place: String) throws(Failure) {
        self.name = try PeerName(name)
        self.place = try Name.checked(place, "folder of replicas")
    }
}

/// A peer's name, or all names that differ from it in the first label: `*.a.net`.
package struct PeerName: Sendable, Hashable, Codable, CustomStringConvertible {
    package let description: String

    /// One wildcard may stand for the whole first label, as in a certificate; all else raises
    /// `usage.invalid`.
    package init(_ text: String) throws(Failure) {
        let rest = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
        guard !rest.contains("*") else {
            throw Failure(
                .usage,
                "'\(text)' cannot name a peer: a wildcard stands once, for the first label, as in "
                    + "*.a.net",
                context: ["peer": text])
        }
        try Name.checked(rest, "peer")
        description = text
    }

    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// The wildcard matches one label, not several.
    package func matches(_ name: String) -> Bool {
        guard description.hasPrefix("*") else { return description == name }
        guard let dot = name.firstIndex(of: "."), dot > name.startIndex else { return false }
        return name[dot...] == description.dropFirst()
    }
}
