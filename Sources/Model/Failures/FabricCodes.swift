// Codes that Fabric raises; each with its page.

extension Failure.Code {
    static let fabric: [Self] = [
        .labMissing, .labExists, .siteUnreachable, .machineExists, .machineRunning,
        .machineIsReplica, .updateRefused, .switchMissing, .diskMissing, .diskRefused, .diskOff,
        .diskOutOfRange,
        .epochOutdated, .epochUnknown, .runsElsewhere, .cutClosed, .cutLost, .rehearsed,
        .quiesceFailed, .holdFailed, .templateExists, .capacityMissing,
        .inUse, .siteFixed, .poolExhausted,
        .hostInMaintenance, .clusterInMaintenance,
    ]

    package static let labMissing = Self(
        "fabric.lab_missing",
        meaning: "The folder holds no lab: it has no `sites` folder.",
        remedy: "Name the folder of a lab, or make one with `muster init`.")

    package static let labExists = Self(
        "fabric.lab_exists",
        meaning: "A site, host, switch, network or lab of that name is there, of another shape.",
        remedy: "Choose another name, or go on with the one that is there.")

    package static let siteUnreachable = Self(
        "fabric.site_unreachable",
        meaning: "The site does not answer. What runs there is not known.",
        remedy: "Mend the connection and repeat; `muster site heal` joins a lab's site again.")

    package static let machineExists = Self(
        "fabric.machine_exists",
        meaning: "A machine of that name but of another shape or role stands at the site.",
        remedy: "Choose another name, or remove the machine that is there if nobody needs it.")

    package static let machineRunning = Self(
        "fabric.machine_running",
        meaning: "The act needs a turned-off machine, and this one runs.",
        remedy: "Stop the machine and repeat.")

    package static let machineIsReplica = Self(
        "fabric.machine_is_replica",
        meaning: "A replica is not powered on: replication writes its disks.",
        remedy: "Fail the machine over; that makes the replica the production machine.")

    package static let updateRefused = Self(
        "fabric.update_refused",
        meaning: "The change touches what stays for a machine's life: its name, its disks as they "
            + "are, or power.",
        remedy: "Change role, epoch, host, processors, memory, tags or cards; disks can be added "
            + "and grow.")

    package static let switchMissing = Self(
        "fabric.switch_missing",
        meaning: "The machine's host has no switch of that name.",
        remedy: "Add the switch to the host, or name one the host has; the message lists them.")

    package static let diskMissing = Self(
        "fabric.disk_missing",
        meaning: "A disk image of the machine is not there, or not of the machine's size.",
        remedy: "Put the image back, or fail over to another copy of the machine.")

    package static let diskRefused = Self(
        "fabric.disk_refused",
        meaning: "The file cannot become a disk: it is missing, empty, no regular file, or no "
            + "whole number of 512-byte sectors.",
        remedy: "Give a raw disk image; `qemu-img convert -O raw` makes one of other formats.")

    package static let diskOff = Self(
        "fabric.disk_off",
        meaning: "A guest's write reached the disk of a machine that is turned off.",
        remedy: "Start the machine first; only a running guest writes.")

    package static let diskOutOfRange = Self(
        "fabric.disk_out_of_range",
        meaning: "Bytes were asked for that the disk, or the open cut of it, does not have.",
        remedy: "Stay within the disk's size, and within the extents of a cut that is a delta.")

    package static let epochOutdated = Self(
        "fabric.epoch_outdated",
        meaning: "Another site has taken the machine over: it holds it under a higher epoch.",
        remedy: "Use the machine where the last failover brought it, or fail it over once more.")

    package static let epochUnknown = Self(
        "fabric.epoch_unknown",
        meaning: "A site that holds a machine of this name is silent; it may run there.",
        remedy: "Mend the connection. If the site is lost for certain, a person declares it so; "
            + "in a lab by `muster site lose`.")

    package static let runsElsewhere = Self(
        "fabric.runs_elsewhere",
        meaning: "The production machine of this name runs at another site.",
        remedy: "Stop it there first; a planned failover does that by itself.")

    package static let cutClosed = Self(
        "fabric.cut_closed",
        meaning: "The cut is not open: it was acknowledged, failed, or replaced by a newer one.",
        remedy: "Nothing is lost: make a new cut.")

    package static let cutLost = Self(
        "fabric.cut_lost",
        meaning: "Blocks of the open cut could not be kept aside; the guest's writes went first.",
        remedy: "Free space beside the machine's disks; the next cut sends the blocks again.")

    package static let rehearsed = Self(
        "fabric.rehearsed",
        meaning: "The failure was asked for by a rehearsal; nothing is wrong.",
        remedy: "End the rehearsal, or see how the run copes.")

    package static let quiesceFailed = Self(
        "fabric.quiesce_failed",
        meaning: "The applications of a guest could not be brought to rest for a consistent cut.",
        remedy: "See whether one of them hangs in the middle of its writing; the point was made "
            + "all the same, crash-consistent, and the next hour tries again.")

    package static let holdFailed = Self(
        "fabric.hold_failed",
        meaning: "The writes of a guest cannot be held, so that its machine cannot be cut at one "
            + "instant together with others.",
        remedy: "Take the machine out of its consistency group; it is replicated by itself.")

    package static let templateExists = Self(
        "fabric.template_exists",
        meaning: "A template of that name is kept at the site already.",
        remedy: "Choose another name, or remove the one that is there; machines that were made "
            + "from it stay as they are.")

    package static let capacityMissing = Self(
        "fabric.capacity_missing",
        meaning: "No host has room for the machine that is to be made or moved.",
        remedy: "The message says what is free; remove machines, add a host, or give a host more "
            + "with `muster site host SITE HOST --memory SIZE`.")

    package static let inUse = Self(
        "fabric.in_use",
        meaning: "A declaration takes away what machines use, or addresses that were given out.",
        remedy: "The message names who uses what: move it elsewhere first, or leave the part in.")

    package static let siteFixed = Self(
        "fabric.site_fixed",
        meaning: "The fabric takes no declarations: its sites are made by its own tools.",
        remedy: "Change the site by the tools it was made with; `muster fabric show` shows it.")

    package static let poolExhausted = Self(
        "fabric.pool_exhausted",
        meaning: "A network has fewer addresses left than the cards that come to it need.",
        remedy: "Clean up test failovers, or widen the pool in fabric/SITE.lua and apply it.")

    package static let hostInMaintenance = Self(
        "fabric.host_in_maintenance",
        meaning: "The host is in maintenance: it takes no machine and starts none.",
        remedy: "Choose another host, or let it leave maintenance with "
            + "`muster fabric maintenance SITE/HOST --leave`.")

    package static let clusterInMaintenance = Self(
        "fabric.cluster_in_maintenance",
        meaning: "Another host of the cluster is in maintenance; never two are at the same time.",
        remedy: "Let that one leave first; the message names it and why it is in maintenance.")
}
