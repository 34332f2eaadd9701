// Codes of the life of a protection: its cycles, resyncs, first copies and chains; each with its
// page.

extension Failure.Code {
    static let protectionLife: [Self] = [
        .transferStopped, .resyncDeferred, .extendedStands, .mediaRefused, .baseRefused,
        .promiseUnkept,
    ]

    package static let transferStopped = Self(
        "replication.transfer_stopped",
        meaning: "Somebody stopped the copy, resync or cycle before its end.",
        remedy: "Nothing is lost: begin it again when it suits, or let the schedule do it.")

    package static let resyncDeferred = Self(
        "replication.resync_deferred",
        meaning: "The replica waits for a resync, which was put off to a later time.",
        remedy: "Wait for that time, or begin it now with `muster resync`.")

    package static let extendedStands = Self(
        "replication.extended_stands",
        meaning: "The replica has a replica of its own, which this operation would cut off.",
        remedy: "Resume towards that replica, or remove the extended relationship first; its disks "
            + "stay, and can be taken up again.")

    package static let mediaRefused = Self(
        "replication.media_refused",
        meaning: "The folder holds no first copy of this protection, or a damaged one.",
        remedy: "Bring the folder that `muster export` wrote last; or export again.")

    package static let baseRefused = Self(
        "replication.base_refused",
        meaning: "The machine at the replica's site cannot be the base of the first copy.",
        remedy: "It must be turned off, and have each protected disk at its size.")

    package static let promiseUnkept = Self(
        "replication.promise_unkept",
        meaning: "What a template promises of its machines cannot be kept on the way to where "
            + "their replicas would be.",
        remedy: "The message says why: name a site, let more be lost, or mend the way; nothing "
            + "was made.")
}
