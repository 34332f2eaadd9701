// A machine as Lua sees it: plain fields, the same in a card, in a step's context and in JSON.
import Fabric
import Model

package struct MachineView: Sendable {
    package let machine: VirtualMachine
    /// The state of its protection; nil when it is not protected.
    package let protection: ProtectionState?

    package init(_ machine: VirtualMachine, protection: ProtectionState?) {
        self.machine = machine
        self.protection = protection
    }

    package var value: Value {
        var fields: [String: Value] = [
            "name": .text(machine.id.name), "site": .text(machine.id.site),
            "host": .text(machine.host), "power": .text(machine.power.rawValue),
            "role": .text(machine.role.rawValue), "epoch": .integer(Int64(machine.epoch)),
            "processors": .integer(Int64(machine.processors)),
            "memory": .integer(machine.memory.bytes),
            "disks": .list(machine.disks.map(\.view)), "nics": .list(machine.nics.map(\.view)),
            "tags": .list(machine.tags.map { .text($0) }),
            "protected": .boolean(protection != nil),
        ]
        if let subscription = machine.subscription { fields["subscription"] = .text(subscription) }
        if let recovery = machine.recovery { fields["recovery"] = recovery.view }
        if let protection { fields["state"] = .text(protection.rawValue) }
        return .object(fields)
    }

    /// The fields by name and type, for the editor's files.
    package static let fields: [Parameter] = [
        Parameter("name", .text, required: true, "Its name, the same at both sites."),
        Parameter("site", .text, required: true, "Where it is."),
        Parameter("host", .text, required: true, "The host that holds it."),
        Parameter("power", .choice(["off", "running"]), required: true, "Whether it runs."),
        Parameter(
            "role", .choice(["production", "replica", "test"]), required: true, "What it is for."),
        Parameter("epoch", .integer(0..<Int64.max), required: true, "Its fencing epoch."),
        Parameter("processors", .integer(1..<Int64.max), required: true, "Virtual processors."),
        Parameter("memory", .integer(0..<Int64.max), required: true, "Bytes of memory."),
        Parameter("disks", .list(.record(disk)), required: true, "Its disks."),
        Parameter("nics", .list(.record(card)), required: true, "Its network cards."),
        Parameter("tags", .list(.text), required: true, "Its tags."),
        Parameter("protected", .boolean, required: true, "Whether it is replicated."),
        Parameter("subscription", .text, "Whose it is, when it is a tenant's."),
        Parameter("state", .text, "The state of its protection, when it has one."),
        Parameter(
            "recovery", .record(RecoveryTerms.fields), "The terms that its template asks for."),
        Parameter(
            "chain", .record(chain), "Where its replica is replicated on to; told in a plan."),
    ]

    private static let chain = [
        Parameter("target", .text, required: true, "The third site."),
        Parameter("host", .text, "The host there, when its site answers."),
        Parameter("interval", .text, required: true, "How often changes are sent on."),
        Parameter("points", .integer(1..<25), required: true, "The points that are kept there."),
        Parameter("rpo", .duration, "How much may be lost."),
        Parameter("state", .text, required: true, "The state of that replication."),
    ]

    private static let disk = [
        Parameter("name", .text, required: true, "Its name."),
        Parameter(
            "kind", .choice(["image", "pass-through", "shared"]), required: true, "Its kind."),
        Parameter("size", .integer(0..<Int64.max), required: true, "Bytes."),
    ]

    private static let card = [
        Parameter("name", .text, required: true, "Its name."),
        Parameter("mac", .text, required: true, "Its hardware address."),
        Parameter("switch", .text, "The switch it is connected to."),
        Parameter("address", .text, "The IPv4 address its guest uses."),
        Parameter("address6", .text, "The IPv6 address its guest uses."),
        Parameter(
            "failover_address",
            .record([
                Parameter("address", .text, "The IPv4 address."),
                Parameter("address6", .text, "The IPv6 address."),
            ]), "The addresses to take at failover; on but empty when it has none."),
    ]
}

extension Disk {
    fileprivate var view: Value {
        ["name": .text(name), "kind": .text(kind.rawValue), "size": .integer(size.bytes)]
    }
}

extension NetworkCard {
    fileprivate var view: Value {
        var fields: [String: Value] = ["name": .text(name), "mac": .text(mac)]
        if let switchName { fields["switch"] = .text(switchName) }
        if let address { fields["address"] = .text(address) }
        if let address6 { fields["address6"] = .text(address6) }
        if let failover = failoverAddress {
            let given = ["address": failover.address, "address6": failover.address6]
            fields["failover_address"] = .object(given.compactMapValues { $0.map { .text($0) } })
        }
        return .object(fields)
    }
}
