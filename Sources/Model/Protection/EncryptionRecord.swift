// That a replica is encrypted at rest, with whose key, and which images are sealed now. The key
// itself is nowhere, nor anything made of it but its name.

package struct EncryptionRecord: Sendable, Hashable, Codable {
    /// Images that are being turned from sealed to open or back.
    package struct Turning: Sendable, Hashable, Codable {
        package var site: String
        package var seals: Bool
        /// The images were what the last point is, so that they still are when they are turned.
        package var keepsPoint: Bool

        package init(site: String, seals: Bool, keepsPoint: Bool) {
            self.site = site
            self.seals = seals
            self.keepsPoint = keepsPoint
        }
    }

    /// Names the owner's key without telling it.
    package var keyID: String
    /// The sites whose images are sealed.
    package var sealedSites: Set<String>
    package var turning: Turning?

    package init(keyID: String, sealedSites: Set<String>) {
        self.keyID = keyID
        self.sealedSites = sealedSites
    }
}
