// What the planner found out about one machine.

package struct CapacityPlan: Sendable, Hashable, Codable {
    /// What one interval would cost. Rates are averages over the time watched.
    package struct Choice: Sendable, Hashable, Codable {
        package var interval: ReplicationInterval
        /// Changed blocks that one cycle would send, before compression.
        package var cycleBytes: ByteCount
        /// The largest.
        package var cycleBytesMax: ByteCount
        /// Bytes a second that cross to the replica's site.
        package var networkBytes: ByteCount
        /// Bytes a second written at the replica: log, undo log and disk.
        package var storageBytes: ByteCount
        /// What a kept recovery point of one cycle takes.
        package var pointBytes: ByteCount
        /// The share of one core that hashing and compressing takes.
        package var processorShare: Double
        /// What the engine holds while a cycle of the largest kind runs, and for tracking writes.
        package var memory: ByteCount

        package init(interval: ReplicationInterval) {
            self.interval = interval
            cycleBytes = ByteCount(0)
            cycleBytesMax = ByteCount(0)
            networkBytes = ByteCount(0)
            storageBytes = ByteCount(0)
            pointBytes = ByteCount(0)
            processorShare = 0
            memory = ByteCount(0)
        }
    }

    package var machine: MachineID
    package var watchedFrom: Timestamp
    package var watchedUntil: Timestamp
    /// Bytes of all blocks changed, counted once for each look.
    package var churn: ByteCount
    /// Bytes that cross for a changed byte; 1 when nothing could be compressed.
    package var compression: Double
    /// Whether blocks that change again are told apart; else the longer intervals are bounds from
    /// above, for a protected machine's cycles are not disturbed.
    package var isExact: Bool
    package var choices: [Choice]

    package init(
        machine: MachineID, watchedFrom: Timestamp, watchedUntil: Timestamp, churn: ByteCount,
        compression: Double, isExact: Bool, choices: [Choice]
    ) {
        self.machine = machine
        self.watchedFrom = watchedFrom
        self.watchedUntil = watchedUntil
        self.churn = churn
        self.compression = compression
        self.isExact = isExact
        self.choices = choices
    }
}
