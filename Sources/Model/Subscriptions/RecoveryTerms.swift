// The terms on which machines are protected without anybody asking for each: those of a
// subscription's add-on, and those that a template asks for and its machines bear.

package struct RecoveryTerms: Sendable, Hashable, Codable {
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

    package init(
        target: String, interval: ReplicationInterval, pointsKept: Int, rpoSeconds: Int?,
        firstCopy: QuietHour?
    ) {
        self.target = target
        self.interval = interval
        self.pointsKept = pointsKept
        self.rpoSeconds = rpoSeconds
        self.firstCopy = firstCopy
    }
}

/// What a template asks for the machines made from it. What it leaves out is taken from the add-on
/// of the subscription that a machine is made for.
package struct RecoveryAsk: Sendable, Hashable, Codable {
    /// How much may be lost, in seconds.
    package let rpoSeconds: Int
    package let target: String?
    package let interval: ReplicationInterval?
    package let pointsKept: Int?
    package let firstCopy: RecoveryTerms.QuietHour?

    package init(
        rpoSeconds: Int, target: String? = nil, interval: ReplicationInterval? = nil,
        pointsKept: Int? = nil, firstCopy: RecoveryTerms.QuietHour? = nil
    ) {
        self.rpoSeconds = rpoSeconds
        self.target = target
        self.interval = interval
        self.pointsKept = pointsKept
        self.firstCopy = firstCopy
    }

    /// The terms that a machine bears: the ask's own words before the add-on's, and of two promises
    /// the stricter one. nil when neither says where to.
    package func terms(under addOn: RecoveryTerms?) -> RecoveryTerms? {
        guard let target = target ?? addOn?.target else { return nil }
        return RecoveryTerms(
            target: target, interval: interval ?? addOn?.interval ?? .fiveMinutes,
            pointsKept: pointsKept ?? addOn?.pointsKept ?? 1,
            rpoSeconds: min(rpoSeconds, addOn?.rpoSeconds ?? rpoSeconds),
            firstCopy: firstCopy ?? addOn?.firstCopy)
    }
}
