// Codes of Replication about points: their content, and groups of machines.

extension Failure.Code {
    static let replicationPoints: [Self] = [.contentDiffers, .contentUnproven]

    package static let contentDiffers = Self(
        "replication.content_differs",
        meaning: "A disk does not hold what replication brought for the point: the message names "
            + "the disk and, where it can, the block.",
        remedy: "Choose another point, or repair by `muster resync` while the primary lives. To go "
            + "without a proof, skip it with a reason; it is recorded.")

    package static let contentUnproven = Self(
        "replication.content_unproven",
        meaning: "Nothing was recorded of what the disks held at the point, so nothing proves it.",
        remedy: "Run a cycle, whose point carries a proof, or skip the proof with a reason.")
}
