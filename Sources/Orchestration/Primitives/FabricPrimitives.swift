// The namespace `fabric`: machines, hosts and networks as they are now.
import Fabric
import Model

extension Catalogue {
    static let fabric: [Primitive] =
        fabricReads + fabricHosts + fabricTemplates + fabricPairings + fabricPower + fabricNetwork
        + fabricOverrides

    private static let machine = Parameter("vm", .vm, required: true, "The vm.")
    private static let nic = Parameter(
        "options",
        .record([Parameter("nic", .text, "The card; \"nic0\" when left out.")]), "Which card.")

    private static let fabricReads = [
        Primitive(
            "fabric.vm", "Gets a vm by its name; of a protected one, the primary.",
            parameters: [
                Parameter("name", .vm, required: true, "Its name, or \"site/name\".")
            ],
            result: .made("vm", MachineView.fields), returns: "the vm", effect: .reads,
            raises: [.unknownName, .refused],
            example: #"local vm = fabric.vm "sql01""#
        ) { call in
            try await call.view(of: call.machine("name"))
        },
        Primitive(
            "fabric.select", "Gets the production vms that match every given condition, by name.",
            parameters: [Parameter("filter", .record(MachineFilter.fields), "The conditions.")],
            result: .list(.made("vm", MachineView.fields)), returns: "the vms", effect: .reads,
            raises: [.unknownName],
            example: #"for _, vm in ipairs(fabric.select { tag = "web" }) do job.note(vm.name) end"#
        ) { call in
            let filter = MachineFilter(call.arguments["filter"] ?? [:])
            return .list(try await call.views().filter(filter.matches).map(\.value))
        },
        Primitive(
            "fabric.answers", "Tells whether the fabric of a site answers.",
            parameters: [Parameter("site", .text, required: true, "The site.")],
            result: .boolean, returns: "whether it answers", effect: .reads,
            raises: [.unknownName],
            example: #"if not fabric.answers "oslo" then job.warn "Oslo is gone" end"#
        ) { call in
            let name = call.arguments["site"]?.text ?? ""
            try await call.services.fabric.site(named: name)
            return .boolean(try await call.services.fabric.answers(name))
        },
        Primitive(
            "fabric.reachable",
            "Tells whether a vm runs with a connected card and an address that is not link-local.",
            parameters: [machine], result: .boolean, returns: "whether it can be reached",
            effect: .reads, raises: [.unknownName, .refused],
            example: #"if not fabric.reachable(vm) then error("no address") end"#
        ) { call in
            .boolean(try await call.machine("vm").isReachable)
        },
    ]

    private static let fabricPower = [
        Primitive(
            "fabric.start",
            "Powers a vm on; the fabric refuses one that another site has taken over.",
            parameters: [machine], effect: .repeatable,
            raises: [.unknownName, .refused], example: #"fabric.start "web01""#
        ) { call in
            try await call.services.fabric.start(call.machine("vm").id)
            return .null
        },
        Primitive(
            "fabric.stop", "Shuts a vm's guest down and returns when the vm is off.",
            parameters: [machine], effect: .repeatable,
            raises: [.unknownName, .refused], example: #"fabric.stop "web01""#
        ) { call in
            try await call.services.fabric.stop(call.machine("vm").id)
            return .null
        },
    ]

    private static let fabricNetwork = [
        Primitive(
            "fabric.connect", "Connects a card of a vm to a switch of its host.",
            parameters: [
                machine, Parameter("switch", .text, required: true, "The switch."), nic,
            ],
            effect: .repeatable, raises: [.unknownName, .refused],
            example: #"fabric.connect(replication.replica(vm), "tenant")"#
        ) { call in
            try await call.services.fabric.connect(
                call.nicName, of: call.machine("vm").id, to: call.arguments["switch"]?.text)
            return .null
        },
        Primitive(
            "fabric.set_failover_address",
            "Sets the address a card takes at failover, beside that of the other family.",
            parameters: [
                machine, Parameter("address", .text, required: true, "IPv4 or IPv6."), nic,
            ],
            effect: .repeatable, raises: [.unknownName, .refused, .usage],
            example: #"fabric.set_failover_address(replica, "10.2.0.11")"#
        ) { call in
            let machine = try await call.machine("vm")
            let address = try call.address.description
            let standing = machine.nics.first { $0.name == call.nicName }?.failoverAddress
            try await call.services.fabric.setFailoverAddress(
                standing?.with(address) ?? FailoverAddress(address), nic: call.nicName,
                of: machine.id)
            return .null
        },
        Primitive(
            "fabric.clear_failover_address", "Turns the failover address of a card off.",
            parameters: [machine, nic], effect: .repeatable, raises: [.unknownName, .refused],
            example: #"fabric.clear_failover_address(replica)"#
        ) { call in
            try await call.services.fabric.setFailoverAddress(
                nil, nic: call.nicName, of: call.machine("vm").id)
            return .null
        },
        Primitive(
            "fabric.set_guest_address", "Sets the address a vm's guest uses from now on.",
            parameters: [
                machine, Parameter("address", .text, required: true, "IPv4 or IPv6."), nic,
            ],
            effect: .repeatable, raises: [.unknownName, .refused, .usage],
            example: #"fabric.set_guest_address(vm, "10.1.0.11")"#
        ) { call in
            try await call.services.fabric.setGuestAddress(
                call.address.description, nic: call.nicName, of: call.machine("vm").id)
            return .null
        },
    ]
}

extension PrimitiveCall {
    fileprivate var nicName: String { arguments["options"]?["nic"]?.text ?? "nic0" }

    /// Raises `usage.invalid` for what is none.
    fileprivate var address: Address {
        get throws(Failure) { try Address(text: arguments["address"]?.text ?? "") }
    }
}
