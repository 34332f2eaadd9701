// Subscriptions and the terms of recovery as Lua, the command and HTTP see them.
import Model

extension Subscription {
    static let fields = [
        Parameter("name", .text, required: true, "Its name, which its machines bear."),
        Parameter("add_on", .record(RecoveryTerms.fields), "The terms; nil without the add-on."),
    ]

    package var view: Value {
        var fields: [String: Value] = ["name": .text(name)]
        if let addOn { fields["add_on"] = addOn.terms.view }
        return .object(fields)
    }
}

extension RecoveryTerms {
    static let fields = [
        Parameter("target", .text, required: true, "The site that receives the replicas."),
        Parameter(
            "interval", .choice(ReplicationInterval.allCases.map(\.rawValue)),
            "How often changes are sent; \"5m\"."),
        Parameter("points", .integer(1..<25), "Recovery points to keep; 1."),
        Parameter("rpo", .duration, "How much may be lost; an interval is never longer."),
        Parameter(
            "first_copy", .record(QuietHour.fields),
            "When first copies begin; at once when left out."),
    ]

    /// The terms as ``fields`` has them: what was got can be given.
    package var view: Value {
        RecoveryAsk.view(
            target: target, interval: interval, points: pointsKept, rpoSeconds: rpoSeconds,
            firstCopy: firstCopy)
    }
}

extension RecoveryTerms.QuietHour {
    static let fields = [
        Parameter("at", .text, required: true, "The quiet hour, \"22:00\"."),
        Parameter("zone", .text, "Its zone, \"Europe/Oslo\"; UTC."),
    ]

    /// Raises `usage.invalid` for an hour or a zone that does not exist.
    package func check(from now: Timestamp) throws(Failure) {
        _ = try Timestamp(text: at, from: now, zone: zone)
    }
}

extension RecoveryAsk {
    static let fields = [
        Parameter("rpo", .duration, required: true, "How much may be lost."),
        Parameter("target", .text, "The site of the replicas; the add-on's."),
        Parameter(
            "interval", .choice(ReplicationInterval.allCases.map(\.rawValue)),
            "How often changes are sent; the add-on's, else \"5m\"."),
        Parameter("points", .integer(1..<25), "Recovery points to keep; the add-on's, else 1."),
        Parameter(
            "first_copy", .record(RecoveryTerms.QuietHour.fields),
            "When first copies begin; the add-on's, else at once."),
    ]

    package var view: Value {
        Self.view(
            target: target, interval: interval, points: pointsKept, rpoSeconds: rpoSeconds,
            firstCopy: firstCopy)
    }

    fileprivate static func view(
        target: String?, interval: ReplicationInterval?, points: Int?, rpoSeconds: Int?,
        firstCopy: RecoveryTerms.QuietHour?
    ) -> Value {
        var fields: [String: Value] = [:]
        fields["target"] = target.map { .text($0) }
        fields["interval"] = interval.map { .text($0.rawValue) }
        fields["points"] = points.map { .integer(Int64($0)) }
        fields["rpo"] = rpoSeconds.map { .text(Duration.seconds($0).text) }
        fields["first_copy"] = firstCopy.map { ["at": .text($0.at), "zone": .text($0.zone)] }
        return .object(fields)
    }
}
