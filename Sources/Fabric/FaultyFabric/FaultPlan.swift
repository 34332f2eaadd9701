// Which calls of a `FaultyFabric` fail, and whether before or after they took effect.
import Model

/// A call of the seam, by name.
package enum FabricCall: String, Sendable, Hashable, CaseIterable {
    case sites, machines, machine, define, remove, update, start, stop, connect
    case setFailoverAddress, setGuestAddress, changeSource, imagePath

    /// Whether the call changes the fabric.
    package var isWrite: Bool {
        switch self {
        case .sites, .machines, .machine, .changeSource, .imagePath: false
        default: true
        }
    }
}

/// The faults to inject. A fault is used up when it strikes.
package struct FaultPlan: Sendable {
    package struct Fault: Sendable {
        package enum Moment: String, Sendable { case before, after }

        package var call: FabricCall
        /// The machine it must concern; nil for any.
        package var machine: MachineID?
        /// `before`: nothing happened. `after`: it happened, and the reply was lost.
        package var moment: Moment
        /// Strikes at the nth matching call, counted from 1.
        package var occurrence: Int
        package var failure: Failure

        package init(
            _ moment: Moment, _ call: FabricCall, of machine: MachineID? = nil, occurrence: Int = 1,
            failure: Failure = Failure(.rehearsed, "A rehearsal asked for this failure")
        ) {
            self.call = call
            self.machine = machine
            self.moment = moment
            self.occurrence = occurrence
            self.failure = failure
        }
    }

    package var faults: [Fault]

    package init(_ faults: [Fault] = []) { self.faults = faults }
}
