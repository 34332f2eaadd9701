// Codes of what crosses between two sites: transfers, who may send to whom, and keys; each with its
// page.

extension Failure.Code {
    static let transfer: [Self] = [
        .transferInterrupted, .transferBusy, .transferDamaged,
        .primaryRefused, .reversalImpossible, .versionRefused, .trustRefused,
        .keyMissing, .keyInvalid, .keyExposed,
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

    package static let primaryRefused = Self(
        "replication.primary_refused",
        meaning: "The site takes no replicas from that primary: it takes none, or from named peers "
            + "only.",
        remedy: "Name the primary's site among the peers that the replica's site accepts.")

    package static let reversalImpossible = Self(
        "replication.reversal_impossible",
        meaning: "The protection could not be turned round: the site that is the primary now takes "
            + "no replicas from the other.",
        remedy: "Let both sites accept replicas from each other, or fail over without reversing; "
            + "nothing was shut down.")

    package static let versionRefused = Self(
        "replication.version_refused",
        meaning: "The sender speaks a newer version than the receiver, or what was asked for needs "
            + "a newer one than both speak.",
        remedy: "Upgrade the replica's site first, then the primary's.")

    package static let trustRefused = Self(
        "replication.trust_refused",
        meaning: "The machine has moved to a host outside the trust group that the replica's site "
            + "lets in.",
        remedy: "Move it back, give the host the same trust group, or protect the machine again.")

    package static let keyMissing = Self(
        "replication.key_missing",
        meaning: "The replica is encrypted under its owner's key, and this needs to see inside.",
        remedy: "Give the owner's key file. Logs are received without it, and wait.")

    package static let keyInvalid = Self(
        "replication.key_invalid",
        meaning: "The file, or what was given for one, holds no key.",
        remedy: "A key file holds 32 random bytes, or 64 hexadecimal digits; "
            + "`head -c 32 /dev/urandom` makes one.")

    package static let keyExposed = Self(
        "replication.key_exposed",
        meaning: "Others than its owner may read the key file, so that it keeps no secret.",
        remedy: "Make a new key in a file of mode 0600, and protect the machine again with it.")
}
