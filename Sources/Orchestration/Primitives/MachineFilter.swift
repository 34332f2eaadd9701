// The conditions of `fabric.select`, also used by the command's lists.
import Model

package struct MachineFilter: Sendable {
    private let conditions: Value

    package init(_ conditions: Value) { self.conditions = conditions }

    package static let fields: [Parameter] = [
        Parameter("tag", .text, "It bears this tag."),
        Parameter("site", .text, "It is at this site."),
        Parameter("host", .text, "It is on this host."),
        Parameter("subscription", .text, "It belongs to this subscription."),
        Parameter("power", .choice(["off", "running"]), "It is off, or it runs."),
        Parameter("protected", .boolean, "It is replicated, or it is not."),
        Parameter("recovery", .boolean, "Its template asks for protection, or does not."),
    ]

    package func matches(_ view: MachineView) -> Bool {
        func agrees(_ field: String, _ actual: String?) -> Bool {
            conditions[field].map { $0.text == actual } ?? true
        }
        let machine = view.machine
        return (conditions["tag"]?.text.map(machine.tags.contains) ?? true)
            && agrees("site", machine.id.site) && agrees("host", machine.host)
            && agrees("subscription", machine.subscription)
            && agrees("power", machine.power.rawValue)
            && (conditions["protected"]?.boolean.map { $0 == (view.protection != nil) } ?? true)
            && (conditions["recovery"]?.boolean.map { $0 == (machine.recovery != nil) } ?? true)
    }
}

extension VirtualMachine {
    /// Whether somebody on its network could reach it: it runs, a card is connected, and the
    /// address is not the link-local one a guest gives itself when it was given none (the incident
    /// of P-4).
    package var isReachable: Bool {
        power == .running
            && nics.contains { card in
                card.switchName != nil
                    && [card.address, card.address6].compactMap(\.self).contains { address in
                        !address.hasPrefix("169.254.") && !address.lowercased().hasPrefix("fe80:")
                    }
            }
    }
}
