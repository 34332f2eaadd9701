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

        /// `connect oslo/sql01 nic0 → tenant: done`.
        package var description: String {
            let what = [call.rawValue, machine?.description ?? "", detail]
            return what.filter { !$0.isEmpty }.joined(separator: " ") + ": \(outcome.text)"
        }
    }

    private let kept = Locked([Entry]())

    package init() {}

    package var entries: [Entry] { kept.withLock { $0 } }
    /// The entries that changed something or tried to.
    package var writes: [Entry] { entries.filter(\.call.isWrite) }

    func append(_ entry: Entry) { kept.withLock { $0.append(entry) } }
}

extension EffectLog.Entry.Outcome {
    fileprivate var text: String {
        switch self {
        case .done: "done"
        case .failed(let code): "failed, \(code)"
        case .replyLost: "done, reply lost"
        }
    }
}
