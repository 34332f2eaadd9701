// Every bound of the house in one place: a thing without a limit is a fault waiting for its night.

package enum Limits {
    /// Levels of nesting in a value that crosses the Lua border.
    package static let nestingMax = 64
    /// Bytes of canonical JSON in one primitive's arguments or result.
    package static let payloadBytesMax = 1 << 20
    /// Lua instructions between two looks at the budget.
    package static let sliceInstructions = 10_000
    /// Lua instructions one branch of a run may execute, replay included.
    package static let runInstructionsMax = 2_000_000_000
    /// Lua instructions between two calls of primitives; an endless loop ends here, within a
    /// second.
    package static let burstInstructionsMax = 50_000_000
    /// Lua instructions a cancelled run may use to clean up.
    package static let cancellationGraceInstructions = 1_000_000
    /// How long an act under way may go on once its run is stopped.
    package static let stopGrace = Duration.seconds(10)
    /// Memory of one Lua state.
    package static let stateBytesMax = 32 << 20
    /// The least a runbook may be held to: a state, the library and a script of some size.
    package static let stateBytesMin = 1 << 20
    /// Memory a state keeps aside so that it can still report that it ran out.
    package static let stateReserveBytes = 256 << 10
    /// Bytes of one runbook or module.
    package static let sourceBytesMax = 1 << 20
    /// Entries in the journal of one branch.
    package static let branchEntriesMax = 1_000_000
    /// Runs that may be running at once, in all and of one tenant; muster.lua may say otherwise.
    package static let runsAtOnce = 100
    package static let runsAtOncePerScope = 25
    /// How deep children may start children.
    package static let childDepthMax = 16
    /// Branches of one call of `job.parallel`.
    package static let parallelBranchesMax = 1_000
    /// Calls of the store that may share one transaction: bounds how long the first waits.
    package static let commitBatchesMax = 1024
    /// Connections that stay open for the next read.
    package static let readersKeptMax = 4
    /// Ends of journal branches that the writer keeps in mind.
    package static let endsRememberedMax = 10_000
    /// How long a commit waits for another process that writes.
    package static let commitPatience = Duration.seconds(5)
    /// A database up to this size is read for damage whenever it is opened.
    package static let checkedBytesMax = 4 << 20
    /// Turns of a schedule that are decided at once, and due times that pass into one of them.
    package static let scheduleTurnsMax = 100
    package static let schedulePassedMax = 10_000
    /// The shortest interval of a schedule.
    package static let scheduleIntervalMin = Duration.seconds(60)
    /// Files in one bundle or import, and bytes of a bundle.
    package static let importedFilesMax = 10_000
    package static let bundleBytesMax = 256 << 20
    /// The shortest secret that may sign: from the signature of a shorter one it could be guessed.
    package static let signingBytesMin = 16
    /// Bytes of one secret: a private key is the longest.
    package static let secretBytesMax = 64 << 10
    /// Ended runs that a trigger looks at in one read.
    package static let triggerRunsMax = 100
    /// How long triggers wait after a ring before they look: rings that come together are one.
    package static let triggerPause = Duration.milliseconds(200)
    /// How long plans are not looked at at most, and how often their texts are compared: nobody
    /// rings when an author saves a file.
    package static let readinessInterval = Duration.seconds(900)
    package static let textsInterval = Duration.seconds(60)
    /// How long a watch of plans rests after a look at least, and for each part of the look's own
    /// time: so that it takes a tenth of a processor at most, however often things change.
    package static let readinessPause = Duration.seconds(1)
    package static let readinessRest = 10
    /// How long before its end a certificate is told of.
    package static let certificateNotice = Duration.seconds(14 * 86_400)
    /// After how long a plan that was not tested again is overdue (P-12).
    package static let rehearsalValidity = Duration.seconds(183 * 86_400)
    /// How old the time stamp of a webhook may be.
    package static let hookPatience = Duration.seconds(300)
    /// How long a question that cannot be told outside waits until it is tried again; doubled by
    /// each failure that follows. After a day it is given up.
    package static let newsPauseMin = Duration.seconds(10)
    package static let newsPauseMax = Duration.seconds(3600)
    package static let newsPatience = Duration.seconds(86_400)
    /// Questions told outside at once, and how long the receiver may take over one.
    package static let newsAtOnce = 8
    package static let newsTimeLimit = Duration.seconds(10)
    /// Links that one question is told with.
    package static let linksMax = 100
    /// The fewest characters of a secret that signs.
    package static let secretCharactersMin = 16
    /// Notices a listener may leave unread before it is told that it missed some.
    package static let noticesMax = 1024
    /// The time limit of a plan's step, unless the step says otherwise (P-3).
    package static let stepTimeLimit = Duration.seconds(600)
    /// Earlier runs of a plan by which its next one is foretold, and how far back they are sought.
    package static let forecastRuns = 5
    package static let forecastRunsSeen = 10_000
    /// Bytes in a name of a vm, site, switch, network, host or run book.
    package static let nameBytesMax = 63
    /// Recovery points of one protection.
    package static let recoveryPointsMax = 24
    /// Undo logs between the latest recovery point and the one before it, until some are merged.
    package static let undoLinksMax = 16
    /// How long the applications of a guest are held for a consistent cut, and waited for before.
    package static let quiesceLimit = Duration.seconds(10)
    /// Bytes of the text that says why a point is not what was wanted.
    package static let warningBytesMax = 1024
    /// Operations a protection remembers as done.
    package static let operationsKept = 16
    /// Bytes of a replication log's header: names and sizes of all disks.
    package static let logHeaderBytesMax = 1 << 20
    /// Bytes of logs that wait in one machine's inbox; one log is always taken.
    package static let inboxBytesMax: Int64 = 16 << 30
    /// How long a sender waits before it asks a full inbox again.
    package static let inboxPause = Duration.seconds(1)
    /// How long a full inbox is asked until the cycle fails.
    package static let transferPatience = Duration.seconds(60)
    /// How often a transfer that broke is taken up again until the cycle fails, and how long it
    /// waits in between.
    package static let transferAttemptsMax = 4
    package static let transferPause = Duration.seconds(1)
    /// Bytes of a log that cross in one piece.
    package static let pieceBytesMax = 1 << 20
    /// Bytes of a request's body.
    package static let requestBytesMax = 64 << 10
    /// Runs or tasks in one answer of the HTTP interface.
    package static let listedMax = 200
    /// Protections in one list of which is read what is pending now: that opens each one's disks.
    package static let pendingReadMax = 100
    /// How long a list that is drawn again and again stands at least, and at most.
    package static let redrawPauseMin = Duration.milliseconds(200)
    package static let redrawPauseMax = Duration.seconds(1)
    /// Cycles, first copies and resyncs under way at once.
    package static let transfersMax = 6
    /// From the end of one cycle of a continuous protection to the beginning of the next.
    package static let continuousPause = Duration.milliseconds(100)
    /// The same, when the cycle found nothing to send: idle machines cost little, and what is
    /// written meanwhile still crosses within a second.
    package static let continuousRest = Duration.milliseconds(500)
    /// How long a failed cycle is left alone; doubled by each failure that follows.
    package static let retryPauseMin = Duration.seconds(30)
    package static let retryPauseMax = Duration.seconds(900)
    /// How far back health looks, unless a protection says otherwise.
    package static let monitoringPeriod = Duration.seconds(12 * 3600)
    package static let monitoringPeriodMax = Duration.seconds(24 * 3600)
}
