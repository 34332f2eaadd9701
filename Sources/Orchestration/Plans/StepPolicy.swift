// What a step's failure means, how often it is tried and how long one attempt may take (P-3).
import Model

package struct StepPolicy: Sendable, Hashable {
    package enum OnError: String, Sendable, CaseIterable {
        /// Nothing after it happens: the rule, for every failover kind.
        case abort
        /// The failure is written down and the run goes on.
        case `continue`
        /// A person decides: retry, continue or abort.
        case ask
    }

    package var onError = OnError.abort
    package var retries = 0
    package var retryAfter = Duration.seconds(10)
    package var timeLimit = Limits.stepTimeLimit

    package init() {}

    /// The policy that a step's card declares for `kind`, and the plan's profile where the card is
    /// silent; both have been checked.
    package init(card: Value, kind: FailoverKind, profile: Value = [:]) throws(Failure) {
        func field(_ name: String) -> Value? {
            Self.field(name, of: card, kind) ?? Self.field(name, of: profile, kind)
        }
        if let word = field("on_error")?.text.flatMap(OnError.init) { onError = word }
        if let count = field("retries")?.integer { retries = Int(count) }
        if let text = field("retry_after")?.text { retryAfter = try Duration(text: text) }
        if let text = field("time_limit")?.text { timeLimit = try Duration(text: text) }
    }

    /// What the engine does with a vm is done once: of a profile it heeds what a failure means.
    init(ofMachine profile: Value, kind: FailoverKind) {
        let word = Self.field("on_error", of: profile, kind)?.text
        onError = word.flatMap(OnError.init) ?? .abort
    }

    private static func field(_ name: String, of card: Value, _ kind: FailoverKind) -> Value? {
        card[name].flatMap { $0.object == nil ? $0 : $0[kind.rawValue] }
    }
}
