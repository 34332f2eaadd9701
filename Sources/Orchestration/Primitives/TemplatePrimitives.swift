// Templates and what is made from them: `fabric.templates`, `fabric.deploy`. A machine is made once
// under the key of its call; the terms on which it asks for protection are settled in that call and
// borne by it, so that nothing that changes later changes what was promised (S-3).
import Fabric
import Model
import Replication
import Store

extension Catalogue {
    static let fabricTemplates = [templates, deploy]

    private static let templates = Primitive(
        "fabric.templates", "Gets the templates of the sites that answer, by name.",
        parameters: [
            Parameter(
                "filter", .record([Parameter("site", .text, "It is kept at this site.")]),
                "The conditions.")
        ],
        result: .list(.record(MachineTemplate.fields)), returns: "the templates", effect: .reads,
        raises: [.unknownName],
        example: #"for _, one in ipairs(fabric.templates {}) do job.note(one.name) end"#
    ) { call in
        let directory = TemplateDirectory(services: call.services)
        let site = call.arguments["filter"]?["site"]?.text
        return .list(try await directory.templates(at: site).map(\.view))
    }

    private static let deploy = Primitive(
        "fabric.deploy",
        "Makes a turned-off vm from a template; one whose template asks for it bears the wish.",
        parameters: [
            Parameter("options", .record(Deployment.fields), required: true, "What, and where.")
        ],
        result: .made("vm", MachineView.fields), returns: "the vm",
        effect: .once { call in
            guard let id = try await call.deployed else { return nil }
            return try await call.view(of: call.services.fabric.machine(id))
        },
        opening: { call in
            // Two runs that make a vm of one name would meet at two sites, where neither sees it.
            try Name.checked(call.newName, "vm")
            return [.vmsClaimed([call.newName], by: call.place.run, at: call.startedAt)]
        },
        raises: [
            .unknownName, .refused, .machineExists, .switchMissing, .capacityMissing,
            .intervalInvalid, .promiseUnkept, .primaryRefused,
        ],
        example: #"fabric.deploy { template = "web", name = "web07", subscription = "contoso" }"#
    ) { call in
        try await call.view(of: call.services.fabric.deploy(call.deployment()))
    }
}

extension PrimitiveCall {
    fileprivate var newName: String { option("name")?.text ?? "" }

    /// The machine that this very call has made, if it came so far.
    fileprivate var deployed: MachineID? {
        get async throws {
            try await services.fabric.reachableMachines().first { $0.deployedBy == key }?.id
        }
    }

    /// Raises what ``Catalogue/deploy`` says it raises, before anything is made.
    fileprivate func deployment() async throws -> Deployment {
        let owner = try owner
        let template = try await TemplateDirectory(services: services)
            .template(option("template")?.text ?? "", at: option("site")?.text)
        try await requireFreeName()
        return Deployment(
            of: template.name, as: MachineID(site: template.site, name: newName),
            on: option("host")?.text, for: owner,
            recovery: try await terms(of: template, for: owner), operation: key)
    }

    /// Whose the machine will be: in a tenant's run his, whatever is left out.
    private var owner: String? {
        get throws(Failure) {
            let wanted = try option("subscription")?.text.map { text throws(Failure) in
                try Name.checked(text, "subscription")
            }
            guard scope == nil || wanted == nil || wanted == scope else {
                throw Failure(
                    .refused,
                    "this run belongs to \(scope ?? "") and may not make a vm of \(wanted ?? "")",
                    context: ["subscription": wanted ?? "", "scope": scope ?? ""])
            }
            return wanted ?? scope
        }
    }

    /// A name is one machine's over all sites: by it a replica is found, also of a lost one.
    private func requireFreeName() async throws {
        let machines = try await services.fabric.reachableMachines()
        let standing = machines.first { $0.id.name == newName }?.id
        let protected = try await services.replication.protection(of: newName)?.primary
        guard let taken = protected ?? standing else { return }
        throw Failure(
            .machineExists,
            "there is a vm \(taken) already; choose another name for the new one",
            context: ["vm": taken.name, "site": taken.site])
    }

    private func terms(
        of template: MachineTemplate, for owner: String?
    ) async throws -> RecoveryTerms? {
        guard let ask = template.recovery else { return nil }
        let addOn = try owner.flatMap { try services.store.subscription($0)?.addOn }
        guard let terms = ask.terms(under: addOn?.terms) else {
            throw Failure(
                .promiseUnkept,
                "the template '\(template.name)' asks for protection and names no target, and "
                    + "\(owner ?? "the house") has no add-on that does; add a target to the "
                    + "template, or enable the add-on first",
                context: ["template": template.name, "subscription": owner ?? ""])
        }
        try await services.replication.checkPromise(terms, of: newName, from: template.site)
        return terms
    }
}

extension Deployment {
    static let fields = [
        Parameter("template", .text, required: true, "The template."),
        Parameter("name", .text, required: true, "The new vm's name, free at every site."),
        Parameter("site", .text, "Where; needed when several sites keep such a template."),
        Parameter("host", .text, "The host there; the first with its switches and room."),
        Parameter("subscription", .text, "Whose it is; the run's tenant's, else the house's."),
    ]
}

extension MachineTemplate {
    static let fields = [
        Parameter("name", .text, required: true, "Its name."),
        Parameter("site", .text, required: true, "Where it is kept, and machines are made."),
        Parameter("processors", .integer(1..<Int64.max), required: true, "Virtual processors."),
        Parameter("memory", .integer(0..<Int64.max), required: true, "Bytes of memory."),
        Parameter(
            "disks",
            .list(
                .record([
                    Parameter("name", .text, required: true, "Its name."),
                    Parameter("size", .integer(0..<Int64.max), required: true, "Bytes."),
                ])), required: true, "Its disks."),
        Parameter("switches", .list(.text), required: true, "The switch of each card."),
        Parameter("tags", .list(.text), required: true, "The tags of its machines."),
        Parameter("recovery", .record(RecoveryAsk.fields), "The protection it asks for."),
    ]

    package var view: Value {
        var fields: [String: Value] = [
            "name": .text(name), "site": .text(site), "processors": .integer(Int64(processors)),
            "memory": .integer(memory.bytes),
            "disks": .list(
                disks.map { ["name": .text($0.name), "size": .integer($0.size.bytes)] }),
            "switches": .list(switches.map { .text($0) }), "tags": .list(tags.map { .text($0) }),
        ]
        if let recovery { fields["recovery"] = recovery.view }
        return .object(fields)
    }
}
