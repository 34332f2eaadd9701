// Codes that Replication raises; each with its page.

extension Failure.Code {
    static let replication: [Self] = [
        .transitionRefused, .intervalInvalid, .notProtected, .alreadyProtected, .diskNotReplicable,
        .protectedDiskMissing, .sizeChanged, .logDamaged, .logRefused, .replicaChanged,
        .machineNotOff,
        .reasonMissing, .pointMissing, .pointOverwritten, .networkNotIsolated,
    ]

    package static let transitionRefused = Self(
        "replication.transition_refused",
        meaning: "The protection is in a state that does not allow this operation.",
        remedy: "The message names the state and what is possible now; `muster status` shows all.")

    package static let intervalInvalid = Self(
        "replication.interval_invalid",
        meaning:
            "Changes are sent every 30s, 5m or 15m, or continuously; another interval was asked "
            + "for, or one that is too long for the machine or too short for its chain.",
        remedy: "Choose one of those that the message names.")

    package static let notProtected = Self(
        "replication.not_protected",
        meaning: "The machine has no protection, so there is no replica to act on.",
        remedy: "Protect it with `muster protect`, and let the first copy finish.")

    package static let alreadyProtected = Self(
        "replication.already_protected",
        meaning:
            "The machine is protected, is a replica itself, or was to replicate to a site that it "
            + "or its chain is at.",
        remedy:
            "Remove the protection first, or protect the production machine towards another site; "
            + "a replica gets a replica of its own by `muster extend`.")

    package static let diskNotReplicable = Self(
        "replication.disk_not_replicable",
        meaning:
            "A chosen disk is a pass-through or shared disk; only image disks can be replicated.",
        remedy: "Choose the other disks on purpose; the rest is then listed as excluded.")

    package static let protectedDiskMissing = Self(
        "replication.disk_missing",
        meaning: "A protected disk is not there any more, at the primary or at the replica.",
        remedy: "Bring the disk back, or remove the protection and protect the machine again.")

    package static let sizeChanged = Self(
        "replication.size_changed",
        meaning: "A disk has another size than when it was protected.",
        remedy: "`muster reprotect` takes a grown disk over; for one that shrank, remove the "
            + "protection and protect the machine again.")

    package static let logDamaged = Self(
        "replication.log_damaged",
        meaning: "A replication or undo log does not hold what was written into it.",
        remedy:
            "Nothing of it stays on a disk. A received log was put away, and the next `muster "
            + "sync` sends its blocks again; a damaged undo log costs the points behind it.")

    package static let logRefused = Self(
        "replication.log_refused",
        meaning: "A log is sound, but it does not follow what the replica holds: another machine, "
            + "another generation, or a log between them is missing.",
        remedy:
            "It was put away and nothing is lost: the next `muster sync` sends its blocks again.")

    package static let replicaChanged = Self(
        "replication.replica_changed",
        meaning: "Somebody other than replication wrote to the replica's disks.",
        remedy: "The next `muster sync` compares all blocks and sends those that differ.")

    package static let machineNotOff = Self(
        "replication.machine_running",
        meaning: "The machine must be turned off for this operation, and it is running.",
        remedy: "Shut it down first, or choose a failover kind that does not need it off.")

    package static let reasonMissing = Self(
        "replication.reason_missing",
        meaning: "An unplanned failover was asked for, and the primary site still answers.",
        remedy: "Use a planned failover, which loses nothing, or give a reason; it is recorded.")

    package static let pointMissing = Self(
        "replication.point_missing",
        meaning: "There is no recovery point of that number.",
        remedy: "`muster points` lists those that are kept.")

    package static let pointOverwritten = Self(
        "replication.point_overwritten",
        meaning: "The failed-over machine has written to its disks, so another point cannot be "
            + "reached from them.",
        remedy: "Complete the failover, or reverse it; test points beforehand with a test failover."
    )

    package static let networkNotIsolated = Self(
        "replication.network_not_isolated",
        meaning: "A test failover was to use a network that reaches beyond the test.",
        remedy:
            "Name an isolated network of the replica's site, or none to keep the cards unplugged.")
}
