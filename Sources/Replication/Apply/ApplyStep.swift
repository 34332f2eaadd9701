// The order in which a log is brought onto disks, as data. Each step may be done again, and a death
// between any two leaves either the old point or a log that is applied again from the start:
//
//     syncLog       the log and its name are durable
//     verifyLog     every block of it is what was cut
//     reuseInverse  an inverse that is there and whole is never made again: the disks may be half
//                   written by now, and an inverse made of them would lead nowhere
//     writeInverse  the blocks that are about to be replaced, as a log in the other direction
//     syncInverse
//     nameInverse   from here on it counts
//     writeDisks
//     syncDisks
//     recordPoint   the ledger: the disks hold the new point
//     dropLog
//
// Any other order loses data in a power cut; the tests plant the wrong ones and catch each.

enum ApplyStep: String, Sendable, Hashable, CaseIterable {
    case syncLog, verifyLog
    case reuseInverse, writeInverse, syncInverse, nameInverse
    case writeDisks, syncDisks
    case recordPoint
    case dropLog

    static let order = allCases
}
