// `fabric.override` and `fabric.restore`: what a machine has otherwise at one site, and the way
// back (P-9). A plan says it in `machine { …, overrides = … }`; a runbook may call them itself.
import Fabric
import Model

extension MachineOverrides {
    /// The fields as an author writes them, in a card and in a call.
    package static let fields: [Parameter] = [
        Parameter("processors", .integer(1..<1025), "Virtual processors."),
        Parameter("memory", .size, "Memory; \"8GiB\"."),
        Parameter("switch", .text, "The switch its card is connected to."),
        Parameter("address", .text, "The address its guest uses: IPv4 or IPv6."),
        Parameter("nic", .text, "The card of switch and address; \"nic0\" when left out."),
    ]

    /// Reads fields that have been checked.
    init(_ fields: Value) {
        self.init(
            processors: fields["processors"]?.integer.map { Int($0) },
            memory: fields["memory"]?.text.flatMap { try? ByteCount(text: $0) },
            nic: fields["nic"]?.text ?? "nic0", switchName: fields["switch"]?.text,
            address: fields["address"]?.text)
    }

    var value: Value {
        var fields: [String: Value] = [:]
        if let processors { fields["processors"] = .integer(Int64(processors)) }
        if let memory { fields["memory"] = .text("\(memory.bytes)B") }
        if touchesCard { fields["nic"] = .text(nic) }
        if let switchName { fields["switch"] = .text(switchName) }
        if let address { fields["address"] = .text(address) }
        return .object(fields)
    }
}

extension Catalogue {
    private static let machine = Parameter("vm", .vm, required: true, "The vm.")

    static let fabricOverrides = [
        Primitive(
            "fabric.override",
            "Gives a vm other processors, memory, switch or address, for as long as it is there.",
            parameters: [
                machine,
                Parameter(
                    "overrides", .record(MachineOverrides.fields), "What it has otherwise."),
            ],
            effect: .repeatable, raises: [.unknownName, .refused],
            example: #"fabric.override("bergen/sql01", { processors = 4, memory = "8GiB" })"#
        ) { call in
            let overrides = MachineOverrides(call.arguments["overrides"] ?? [:])
            try await call.services.fabric.update(call.machine("vm").id) { machine in
                try machine.override(overrides)
            }
            return .null
        },
        Primitive(
            "fabric.restore", "Makes a vm what it was before it was overridden.",
            parameters: [machine], effect: .repeatable, raises: [.unknownName, .refused],
            example: #"fabric.restore("bergen/sql01")"#
        ) { call in
            try await call.services.fabric.update(call.machine("vm").id) { $0.restore() }
            return .null
        },
    ]
}
