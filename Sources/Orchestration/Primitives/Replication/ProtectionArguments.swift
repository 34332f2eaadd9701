// The options by which a vm is protected or its replica extended, from Lua's table to the engine's.
import Model
import Replication

extension Parameter {
    /// What protecting and extending have in common.
    static let protectionOptions = [
        Parameter("target", .text, required: true, "The site that receives the replica."),
        Parameter("host", .text, "The host there, or a cluster; the first when left out."),
        Parameter(
            "interval", .choice(ReplicationInterval.allCases.map(\.rawValue)),
            "How often changes are sent; \"5m\"."),
        Parameter("compression", .boolean, "Compress what is sent; true."),
        Parameter("points", .integer(1..<25), "Recovery points to keep; 1."),
        Parameter("rpo", .duration, "How much may be lost; an interval is never longer."),
        Parameter("bandwidth", .size, "What the way to the replica carries a second."),
        Parameter("monitoring", .duration, "How far back health looks."),
        Parameter(
            "first_copy",
            .record([
                Parameter("at", .time, required: true, "When it may begin by itself."),
                Parameter("zone", .text, "The zone of an hour, \"Europe/Oslo\"; UTC."),
            ]), "When the first copy begins; by `first_copy` or a person when left out."),
        Parameter(
            "existing", .boolean,
            "Take the turned-off vm of that name at the target as the replica; false."),
    ]

    static let protectOptions =
        protectionOptions + [
            Parameter("disks", .list(.text), "The disks to replicate; all."),
            Parameter(
                "consistent_every", .duration,
                "From one application-consistent point to the next, in whole hours; \"4h\"."),
            Parameter("key", .text, "The owner's key that encrypts logs and replica at rest."),
        ]
}

extension PrimitiveCall {
    /// Raises `run.argument_invalid` and `usage.invalid`.
    var protectionOptions: ProtectionOptions {
        get throws(Failure) {
            ProtectionOptions(
                target: option("target")?.text ?? "", host: option("host")?.text,
                interval: try ReplicationInterval(text: option("interval")?.text ?? "5m"),
                isCompressed: option("compression")?.boolean ?? true,
                pointsKept: Int(option("points")?.integer ?? 1),
                disks: option("disks")?.list?.compactMap(\.text),
                consistentEveryHours: try wholeHours("consistent_every"),
                ownerKey: option("key")?.text, terms: try protectionTerms,
                takesExisting: option("existing")?.boolean ?? false)
        }
    }

    private var protectionTerms: ProtectionTerms {
        get throws(Failure) {
            var terms = ProtectionTerms()
            terms.rpoSeconds = try seconds("rpo")
            terms.monitoringSeconds = try seconds("monitoring") ?? terms.monitoringSeconds
            if let text = option("bandwidth")?.text { terms.bandwidth = try ByteCount(text: text) }
            if let first = option("first_copy"), let at = first["at"]?.text {
                terms.firstCopyAt = try Timestamp(
                    text: at, from: startedAt, zone: first["zone"]?.text ?? "UTC")
            }
            return terms
        }
    }

    private func seconds(_ name: String) throws(Failure) -> Int? {
        guard let text = option(name)?.text else { return nil }
        return Int(try Duration(text: text).components.seconds)
    }

    private func wholeHours(_ name: String) throws(Failure) -> Int {
        guard let seconds = try seconds(name) else {
            return ApplicationConsistency.everyHoursDefault
        }
        return try wholeHours(seconds, name)
    }

    func wholeHours(_ seconds: Int, _ name: String) throws(Failure) -> Int {
        guard seconds % 3600 == 0 else {
            throw Failure(
                .argumentInvalid,
                "'\(name)' is counted in whole hours, such as \"4h\"; \"0s\" is never")
        }
        return seconds / 3600
    }
}
