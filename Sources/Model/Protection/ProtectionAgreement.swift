// What the two sites of a protection have agreed on: made when it is protected, and again at every
// change of roles.

package struct ProtectionAgreement: Sendable, Hashable, Codable {
    /// The folder that each site keeps for what comes from the other; none for its only one.
    package var places: [String: String]
    /// The version in which logs are written: the older of what the two speak.
    package var version: Int
    /// The host of the primary that was let in, and the tag of those it may be moved to.
    package var host: String?
    package var trustGroup: String?
    /// How the replica is encrypted at rest; nil when it is not.
    package var encryption: EncryptionRecord?

    package init() {
        places = [:]
        version = ReplicaServer.versionMax
    }
}
