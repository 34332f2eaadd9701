// How long the engine's own acts take where no earlier run tells: from the vm's bytes, at the rates
// of its own cycles where it has any, else at those that were measured of the house (Measured.md of
// Replication). What no size tells, a guest's shutdown for one, is a wide band said here once.
import Model

enum ActRates {
    /// Bytes a second that cross to the other site and are applied there, as a whole command.
    private static let sending = 90_000_000.0
    /// Bytes a second of a disk that are read and hashed for a proof.
    private static let proving = 1_000_000_000.0
    /// Bytes sent below which a vm's own cycles tell a delay and no rate.
    private static let telling: Int64 = 1 << 20

    private static let guestStop = TimeBand(.zero, .seconds(2), .seconds(60))
    private static let powerOn = TimeBand(.zero, .milliseconds(500), .seconds(10))
    /// A cut, a change of roles, a record written down.
    private static let change = TimeBand(.milliseconds(5), .milliseconds(50), .seconds(1))

    /// A script that nobody has run yet.
    static let script = Duration.seconds(1)
    /// A plan of a plan that was never run.
    static let plan = Duration.seconds(300)
    /// A person who was never asked, at first and at the most.
    static let person = Duration.seconds(300)
    static let personMax = Duration.seconds(3600)

    static func preflight(of vms: Int) -> TimeBand {
        TimeBand(about: .milliseconds(2) * vms) + change
    }

    static func time(of act: Itinerary.MachineAct, _ vm: MachineFacts) -> TimeBand {
        switch act {
        case .shutDown: (vm.isRunning ? guestStop : .nothing) + lastCycle(of: vm)
        case .failOver: proof(of: vm) + change + change + powerOn
        case .testFailOver: proof(of: vm) + proof(of: vm) + change + powerOn
        case .complete: change
        case .changePoint: (vm.isRunning ? guestStop : .nothing) + proof(of: vm) + change + powerOn
        case .cleanUp, .startAgain: change + powerOn
        // Both sides are read and compared, whatever has been written meanwhile.
        case .turnRound, .extendAgain: proof(of: vm) + change + change
        }
    }

    /// What is not sent yet, and the delay of a cycle.
    private static func lastCycle(of vm: MachineFacts) -> TimeBand {
        let pending = Double(vm.pending?.bytes ?? vm.sentOnAverage?.bytes ?? 0)
        let transfer = TimeBand(about: .seconds(pending / rate(of: vm)))
        return transfer + (vm.cycle.map { TimeBand(about: $0) } ?? change)
    }

    private static func rate(of vm: MachineFacts) -> Double {
        guard let cycle = vm.cycle, let sent = vm.sentOnAverage, sent.bytes >= telling,
            cycle > .zero
        else { return sending }
        return Double(sent.bytes) / cycle.seconds
    }

    private static func proof(of vm: MachineFacts) -> TimeBand {
        TimeBand(about: .seconds(Double(vm.diskBytes.bytes) / proving))
    }
}
