// Points, measures, drift, proofs and terms as Lua and the commands' JSON show them, with their
// fields for the editor.
import Model
import Replication

extension RecoveryPoint {
    static let fields = [
        Parameter("sequence", .integer(0..<Int64.max), required: true, "Names the point."),
        Parameter(
            "kind", .choice(Kind.allCases.map(\.rawValue)), required: true, "Its kind."),
        Parameter("cut_at", .text, required: true, "The instant of the cut, ISO 8601."),
        Parameter("group", .text, "The consistency group whose machines were cut with it."),
        Parameter("warning", .text, "Why it is not of the kind that was wanted."),
    ]

    package var view: Value {
        var fields: [String: Value] = [
            "sequence": .integer(Int64(sequence)), "kind": .text(kind.rawValue),
            "cut_at": .text(cutAt.description),
        ]
        if let group { fields["group"] = .text(group.group) }
        if let warning { fields["warning"] = .text(warning) }
        return .object(fields)
    }
}

/// What a failover, or a test, brought a vm to, as its call returns it and the report tells it.
struct RecoveredContent {
    static let fields = [
        Parameter("point", .record(RecoveryPoint.fields), "The point that its disks hold."),
        Parameter("roots", .map(.text), "For each disk, its hash; none when nothing was proven."),
    ]

    var view: [String: Value] = [:]

    init(of protection: Protection, at sequence: Int?, _ proof: ContentProof?) {
        if let point = protection.points.first(where: { $0.sequence == sequence }) {
            view["point"] = point.view
        }
        if let proof, proof.skippedBecause == nil {
            view["roots"] = .object(proof.roots.mapValues { .text($0) })
        }
    }
}

extension CommonPoint {
    static let fields = [
        Parameter("cut_at", .text, required: true, "The instant of the cut, ISO 8601."),
        Parameter(
            "kind", .choice(RecoveryPoint.Kind.allCases.map(\.rawValue)), required: true,
            "Its kind."),
        Parameter(
            "points", .map(.integer(0..<Int64.max)), required: true,
            "For each vm of the group, its point's sequence."),
    ]

    package var view: Value {
        [
            "cut_at": .text(instant.cutAt.description), "kind": .text(instant.kind.rawValue),
            "points": .object(points.mapValues { .integer(Int64($0.sequence)) }),
        ]
    }
}

extension ReplicationMeasure {
    static let fields = [
        Parameter(
            "relationship", .choice(Relationship.allCases.map(\.rawValue)), required: true,
            "Its place in a chain."),
        Parameter(
            "health", .choice(ReplicationHealth.allCases.map(\.rawValue)), required: true,
            "How it has been of late."),
        Parameter(
            "state", .choice(ProtectionState.allCases.map(\.rawValue)), required: true,
            "How it is."),
        Parameter("succeeded", .integer(0..<Int64.max), required: true, "Cycles that succeeded."),
        Parameter("missed", .integer(0..<Int64.max), required: true, "Cycles that did not begin."),
        Parameter("errors", .integer(0..<Int64.max), required: true, "Cycles that failed."),
        Parameter("average_size", .integer(0..<Int64.max), required: true, "Bytes a cycle."),
        Parameter("maximum_size", .integer(0..<Int64.max), required: true, "Bytes at most."),
        Parameter("average_latency", .number, required: true, "Seconds from cut to replica."),
        Parameter("maximum_latency", .number, required: true, "Seconds at most."),
        Parameter("warnings", .list(.text), required: true, "What should be looked at."),
        Parameter("pending", .integer(0..<Int64.max), "Bytes to send; nil when nobody knows."),
        Parameter("last_success_at", .text, "When a cycle last succeeded, ISO 8601."),
        Parameter("last_error", .text, "Why the last cycle failed, when it did."),
    ]

    package var view: Value {
        var fields: [String: Value] = [
            "relationship": .text(relationship.rawValue), "state": .text(state.rawValue),
            "health": .text(health.rawValue),
            "succeeded": .integer(Int64(succeeded)), "missed": .integer(Int64(missed)),
            "errors": .integer(Int64(errors)), "average_size": .integer(averageSize.bytes),
            "maximum_size": .integer(maximumSize.bytes),
            "average_latency": .float(averageLatency.seconds),
            "maximum_latency": .float(maximumLatency.seconds),
            "warnings": .list(warnings.map { .text($0) }),
        ]
        if let pending { fields["pending"] = .integer(pending.bytes) }
        if let lastSuccessAt { fields["last_success_at"] = .text(lastSuccessAt.description) }
        if let lastError { fields["last_error"] = .text(lastError) }
        return .object(fields)
    }
}

extension ReplicationMeasure {
    package var averageLatency: Duration { .microseconds(averageLatencyMicroseconds) }
    package var maximumLatency: Duration { .microseconds(maximumLatencyMicroseconds) }
}

extension Drift {
    static let fields = [
        Parameter(
            "kind", .choice(Kind.allCases.map(\.rawValue)), required: true,
            "What kind of change."),
        Parameter("subject", .text, required: true, "The card or disk; \"\" for the vm."),
        Parameter("primary", .text, required: true, "How it is at the primary."),
        Parameter("replica", .text, required: true, "How it is at the replica."),
    ]

    package var view: Value {
        [
            "kind": .text(kind.rawValue), "subject": .text(subject), "primary": .text(primary),
            "replica": .text(replica),
        ]
    }
}

extension ContentProof {
    static let fields = [
        Parameter("point", .integer(0..<Int64.max), required: true, "Its sequence."),
        Parameter("roots", .map(.text), required: true, "For each disk, its hash."),
    ]

    package var view: Value {
        ["point": .integer(Int64(point)), "roots": .object(roots.mapValues { .text($0) })]
    }
}

extension Protection {
    static let termFields = [
        Parameter("primary", .text, required: true, "The site replicated from."),
        Parameter("replica", .text, required: true, "The site replicated to."),
        Parameter(
            "relationship", .choice(Relationship.allCases.map(\.rawValue)), required: true,
            "Its place in a chain."),
        Parameter(
            "interval", .choice(ReplicationInterval.allCases.map(\.rawValue)), required: true,
            "How often changes are sent."),
        Parameter("points", .integer(1..<25), required: true, "Recovery points kept."),
        Parameter("compression", .boolean, required: true, "Whether what is sent is compressed."),
        Parameter("group", .text, "Its consistency group."),
        Parameter("rpo", .duration, "How much may be lost."),
    ]

    var termView: Value {
        var fields: [String: Value] = [
            "primary": .text(primary.site), "replica": .text(replica.site),
            "relationship": .text(terms.relationship.rawValue),
            "interval": .text(interval.rawValue), "points": .integer(Int64(pointsKept)),
            "compression": .boolean(isCompressed),
        ]
        if let group { fields["group"] = .text(group) }
        if let seconds = terms.rpoSeconds {
            fields["rpo"] = .text(Duration.seconds(seconds).text)
        }
        return .object(fields)
    }
}
