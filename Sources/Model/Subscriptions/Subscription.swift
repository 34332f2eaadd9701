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

/// The agreement that machines of a subscription are protected, and who made it.
package struct RecoveryAddOn: Sendable, Hashable, Codable {
    package let terms: RecoveryTerms
    package let attachedBy: String
    package let attachedAt: Timestamp

    package init(_ terms: RecoveryTerms, attachedBy: String, attachedAt: Timestamp) {
        self.terms = terms
        self.attachedBy = attachedBy
        self.attachedAt = attachedAt
    }

    private enum CodingKeys: String, CodingKey { case attachedBy, attachedAt }

    // The terms stand beside the signature, not below a name of their own.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        terms = try RecoveryTerms(from: decoder)
        attachedBy = try fields.decode(String.self, forKey: .attachedBy)
        attachedAt = try fields.decode(Timestamp.self, forKey: .attachedAt)
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try terms.encode(to: encoder)
        try fields.encode(attachedBy, forKey: .attachedBy)
        try fields.encode(attachedAt, forKey: .attachedAt)
    }
}
