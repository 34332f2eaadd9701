// Whose machines these are, and whether they have the recovery add-on: the wish that every machine
// of a subscription be protected, kept apart from the protections that follow from it.

/// A customer of the house. Machines bear its name; it is the same at every site.
package struct Subscription: Sendable, Hashable, Codable {
    package let name: String
    /// nil while its machines are protected only by hand.
    package var addOn: RecoveryAddOn?

    package init(name: String, addOn: RecoveryAddOn? = nil) {
        self.name = name
        self.addOn = addOn
    }
}

/// The terms on which machines of a subscription are protected.
package struct RecoveryAddOn: Sendable, Hashable, Codable {
    /// An hour of each day in which first copies may begin by themselves.
    package struct QuietHour: Sendable, Hashable, Codable {
        /// `22:00`.
        package let at: String
        package let zone: String

        package init(at: String, zone: String) {
            self.at = at
            self.zone = zone
        }
    }

    /// The site that receives the replicas.
    package let target: String
    package let interval: ReplicationInterval
    package let pointsKept: Int
    /// How much may be lost, in seconds; nil when nobody said.
    package let rpoSeconds: Int?
    /// nil when first copies begin at once.
    package let firstCopy: QuietHour?
    package let attachedBy: String
    package let attachedAt: Timestamp

    package init(
        target: String, interval: ReplicationInterval, pointsKept: Int, rpoSeconds: Int?,
        firstCopy: QuietHour?, attachedBy: String, attachedAt: Timestamp
    ) {
        self.target = target
        self.interval = interval
        self.pointsKept = pointsKept
        self.rpoSeconds = rpoSeconds
        self.firstCopy = firstCopy
        self.attachedBy = attachedBy
        self.attachedAt = attachedAt
    }
}
