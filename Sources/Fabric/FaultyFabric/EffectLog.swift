// Every call a fabric received, in order: what a test reads to say "nothing was touched".
import Model

/// The calls a fabric received. Thread-safe.
package final class EffectLog: Sendable {
    package struct Entry: Sendable, Hashable, CustomStringConvertible {
        package enum Outcome: Sendable, Hashable {
            case done
            case failed(Failure.Code)
            /// It took effect, and the caller was told that it failed.
            case replyLost
        }

        package var call: FabricCall
        package var machine: MachineID?
        /// The arguments, for people: `nic0 → tenant`.
        package var detail: String
        package var outcome: Outcome

        package var description: String { fatalError() }
    }

    package init() { fatalError() }

    package var entries: [Entry] { fatalError() }
    /// The entries that changed something or tried to.
    package var writes: [Entry] { fatalError() }
}
