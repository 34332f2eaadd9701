// Hosts in Lua: which there are, a vm's move to another, and maintenance. Hosts are the house's: a
// tenant's run changes none.
import Fabric
import Model

extension Catalogue {
    static let fabricHosts = [host, hosts, move, enterMaintenance, leaveMaintenance]

    private static let vm = Parameter("vm", .vm, required: true, "The vm.")
    private static let place = Parameter("host", .host, required: true, "The host.")

    private static let host = Primitive(
        "fabric.host", "Gets the host that holds a vm.", parameters: [vm],
        result: .made("standing_host", HostView.fields), returns: "the host", effect: .reads,
        raises: [.unknownName, .refused], example: #"local host = fabric.host(replica)"#
    ) { call in
        let machine = try await call.machine("vm")
        let site = try await call.services.fabric.site(named: machine.id.site)
        guard let host = site.host(machine.host) else {
            throw Failure(
                .unknownName, "the host \(machine.host) of \(machine.id) is gone from its site")
        }
        return HostView(host, site).value
    }

    private static let hosts = Primitive(
        "fabric.hosts", "Gets the hosts that match every given condition, those of a cluster.",
        parameters: [
            Parameter(
                "filter",
                .record([
                    Parameter("site", .text, "They are at this site."),
                    Parameter("cluster", .text, "They are of this cluster, or its access name."),
                ]), "The conditions.")
        ],
        result: .list(.made("standing_host", HostView.fields)), returns: "the hosts",
        effect: .reads, raises: [.unknownName],
        example: #"for _, one in ipairs(fabric.hosts { site = "oslo" }) do job.note(one.name) end"#
    ) { call in
        let filter = call.arguments["filter"]
        return .list(
            try await HostDirectory(fabric: call.services.fabric)
                .hosts(at: filter?["site"]?.text, in: filter?["cluster"]?.text).map(\.value))
    }

    private static let move = Primitive(
        "fabric.move", "Moves a vm to another host of its site; it runs on, and is replicated on.",
        parameters: [vm, Parameter("host", .text, required: true, "The host at its site.")],
        effect: .repeatable,
        raises: [.unknownName, .refused, .switchMissing, .hostInMaintenance],
        example: #"fabric.move("web01", "oslo-2")"#
    ) { call in
        try await call.services.fabric.move(
            call.machine("vm").id, to: call.arguments["host"]?.text ?? "")
        return .null
    }

    private static let enterMaintenance = Primitive(
        "fabric.enter_maintenance",
        "Empties a host to the others of its cluster and keeps it from taking vms.",
        parameters: [
            place,
            Parameter(
                "options", .record([Parameter("reason", .text, "Why; who asks is told.")]),
                "Why."),
        ],
        effect: .repeatable,
        raises: [
            .unknownName, .refused, .clusterInMaintenance, .capacityMissing, .inUse,
        ],
        example: #"fabric.enter_maintenance("oslo/oslo-1", { reason = "new firmware" })"#
    ) { call in
        let (site, host) = try await call.host()
        // What moved is no result: a call that is repeated after a death moves only what is left.
        try await HostDirectory(fabric: call.services.fabric).enterMaintenance(
            host, at: site, reason: call.option("reason")?.text ?? "run \(call.place.run)")
        return .null
    }

    private static let leaveMaintenance = Primitive(
        "fabric.leave_maintenance", "Puts a host back into service; what moved away stays there.",
        parameters: [place], effect: .repeatable, raises: [.unknownName, .refused],
        example: #"fabric.leave_maintenance("oslo/oslo-1")"#
    ) { call in
        let (site, host) = try await call.host()
        try await call.services.fabric.setMaintenance(nil, host: host.name, at: site.name)
        return .null
    }
}

extension PrimitiveCall {
    /// The host that the call names; raises `scope.refused` in a tenant's run.
    fileprivate func host() async throws -> (site: Site, host: Host) {
        if let scope {
            throw Failure(
                .refused,
                "this run belongs to \(scope) and may not change a host: hosts are the house's",
                context: ["scope": scope])
        }
        return try await HostDirectory(fabric: services.fabric)
            .host(named: arguments["host"] ?? .null)
    }
}
