// Which calls of a `FaultyFabric` fail, before or after they took effect, and which take long.
import Model

/// A call of the seam, by name.
package enum FabricCall: String, Sendable, Hashable, CaseIterable {
    case sites, machines, machine, define, remove, update, start, stop, connect
    case setFailoverAddress, setGuestAddress, quiesce, changeSource, imagePath, templates, deploy
    case furnish, move, setMaintenance

    /// Whether the call changes the fabric.
    package var isWrite: Bool {
        switch self {
        case .sites, .machines, .machine, .changeSource, .imagePath, .templates: false
        default: true
        }
    }
}

/// The faults to inject. A fault is used up when it strikes.
package struct FaultPlan: Sendable {
    package struct Fault: Sendable {
        package enum Moment: String, Sendable { case before, after }

        package enum Effect: Sendable {
            /// `before`: nothing happened. `after`: it happened, and the reply was lost.
            case fails(Moment, Failure)
            /// It happens so much later, by that clock: a slow disk, a host that is busy.
            case takes(Duration, any WallClock)
        }

        package var call: FabricCall
        /// The machine it must concern; nil for any.
        package var machine: MachineID?
        package var effect: Effect
        /// Strikes at the nth matching call, counted from 1.
        package var occurrence: Int

        package init(
            _ moment: Moment, _ call: FabricCall, of machine: MachineID? = nil, occurrence: Int = 1,
            failure: Failure = Failure(.rehearsed, "A rehearsal asked for this failure")
        ) {
            self.init(call, of: machine, occurrence: occurrence, .fails(moment, failure))
        }

        package init(
            _ call: FabricCall, of machine: MachineID? = nil, occurrence: Int = 1, _ effect: Effect
        ) {
            self.call = call
            self.machine = machine
            self.effect = effect
            self.occurrence = occurrence
        }
    }

    package var faults: [Fault]

    package init(_ faults: [Fault] = []) { self.faults = faults }

    /// Counts a call against the faults it matches; the one that strikes is used up.
    mutating func strike(_ call: FabricCall, _ machine: MachineID?) -> Fault? {
        for index in faults.indices where faults[index].matches(call, machine) {
            faults[index].occurrence -= 1
        }
        guard let due = faults.firstIndex(where: { $0.occurrence == 0 }) else { return nil }
        return faults.remove(at: due)
    }
}

extension FaultPlan.Fault: CustomStringConvertible {
    /// `after start 3: the host died`, `start 3 takes 900s`.
    package var description: String {
        switch effect {
        case .fails(let moment, let failure):
            "\(moment.rawValue) \(call.rawValue) \(occurrence): \(failure.message)"
        case .takes(let time, _): "\(call.rawValue) \(occurrence) takes \(time.text)"
        }
    }

    fileprivate func matches(_ call: FabricCall, _ machine: MachineID?) -> Bool {
        self.call == call && (self.machine == nil || self.machine == machine)
    }
}
