// That a replica is encrypted at rest, with whose key, and which images are sealed now. The key
// itself is nowhere, nor anything made of it but its name.

package struct EncryptionRecord: Sendable, Hashable, Codable {
    /// Images that are being turned from sealed to open or back.
    package struct Turning: Sendable, Hashable, Codable {
        package var site: String
        package var seals: Bool
        /// Of the turned images, which take the place of the others: a difference afterwards means
        /// somebody else wrote. Empty when they are no point's.
        package var stamps: [ImageStamp]

        package init(site: String, seals: Bool, stamps: [ImageStamp]) {
            self.site = site
            self.seals = seals
            self.stamps = stamps
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
