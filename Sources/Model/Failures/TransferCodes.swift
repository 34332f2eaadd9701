// Codes of what crosses between two sites: transfers, who may send to whom, and keys; each with its
// page.

extension Failure.Code {
    static let transfer: [Self] = [
        .transferInterrupted, .transferBusy, .transferDamaged,
    ]

    package static let transferInterrupted = Self(
        "replication.transfer_interrupted",
        meaning: "The connection to the replica's site broke while a log was on its way.",
        remedy: "Nothing is lost: the next `muster sync` goes on where the transfer broke.")

    package static let transferBusy = Self(
        "replication.transfer_busy",
        meaning: "The replica's site has no room for more logs until it has applied those it has.",
        remedy: "Nothing is lost, and the primary is not slowed. End a test failover that holds "
            + "the replica, or make room there; the next cycle goes on.")

    package static let transferDamaged = Self(
        "replication.transfer_damaged",
        meaning: "A log did not arrive as it was sent.",
        remedy: "It was thrown away at the replica and is sent again; if this repeats, look at the "
            + "network between the sites.")
}
