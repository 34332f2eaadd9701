// The namespace `plan`: what a run of a recovery plan asks of itself. Its constructors
// (`plan.group` and the like) are the prelude's; they make tables and touch nothing.
import Model
import Store

extension Catalogue {
    static let plan: [Primitive] = [planFreeze, planPreflight, planPoint]

    /// A value that the run itself makes: before that it is an error, never nil (P-9).
    private static let planPoint = Primitive(
        "plan.point", "Gets the recovery point that the run of a plan has brought a vm to.",
        parameters: [Parameter("vm", .vm, required: true, "A vm of the plan.")],
        result: .record(RecoveryPoint.fields), returns: "the point", effect: .reads,
        phases: [.run], raises: [.unknownName, .refused, .valueMissing],
        example: #"job.note("data of %s", plan.point("sql01").cut_at)"#
    ) { call in
        let machine = try await MachineDirectory(services: call.services)
            .memberMachine(named: call.arguments["vm"] ?? .null, scope: call.scope)
        return try ReachedPoint(store: call.services.store).point(
            of: machine.id.name, in: call.place.run)
    }

    /// The members of a plan as they are when the run begins: who they are is frozen here (P-6).
    private static let planFreeze = Primitive(
        "plan.freeze", "Gets a plan's vms as they stand at the start of its run.",
        parameters: [
            Parameter("vms", .list(.vm), required: true, "The vms, in the order of the groups.")
        ],
        result: .list(.made("vm", MachineView.fields)), returns: "the vms", effect: .reads,
        phases: [.run], raises: [.unknownName, .refused],
        example: #"plan.freeze { "sql01", "web01" }"#
    ) { call in
        let directory = MachineDirectory(services: call.services)
        var views: [Value] = []
        for name in call.arguments["vms"]?.list ?? [] {
            let machine = try await directory.memberMachine(named: name, scope: call.scope)
            var view = try await call.view(of: machine).object ?? [:]
            view["chain"] = try await call.services.chain(of: machine.id.name)
            views.append(.object(view))
        }
        return .list(views)
    }

    /// The engine's own preflight: looks at everything, touches nothing but the run's hold on the
    /// vms.
    private static let planPreflight = Primitive(
        "plan.preflight", "Finds every reason why a failover of the vms could not succeed.",
        parameters: [
            Parameter("vms", .list(.vm), required: true, "The vms."),
            Parameter(
                "options",
                .record(
                    PlanAct.fields + [
                        Parameter(
                            "direction", .choice(Direction.allCases.map(\.rawValue)),
                            "There or back; \"forward\"."),
                        Parameter("origin", .text, required: true, "The site that is left."),
                        Parameter(
                            "destination", .text, required: true, "The site that takes over."),
                        Parameter("reverse", .boolean, "Whether it will be replicated back."),
                        Parameter(
                            "dependencies", .map(.list(.vm)), "For a vm, the vms that it needs."),
                        Parameter(
                            "overrides", .map(.record(MachineOverrides.fields)),
                            "What a vm will have otherwise."),
                        Parameter("reason", .text, "Why, when the primary still answers."),
                        Parameter("rpo", .duration, "The most that may be lost."),
                        Parameter("assets", .list(.text), "What is kept for the steps."),
                        Parameter("plans", .list(.list(.text)), "The plans it runs, by groups."),
                    ]), required: true, "The failover."),
        ],
        result: .record([
            Parameter("loss", .map(.number), required: true, "Seconds each vm would lose."),
            Parameter(
                "warnings", .list(.text), required: true, "What was found and stops no run."),
        ]),
        returns: "what would be lost, and what else was found", effect: .repeatable,
        opening: { call in
            let names = (call.arguments["vms"]?.list ?? []).compactMap(\.machineName)
            return [.vmsClaimed(names, by: call.place.run, at: call.startedAt)]
        },
        right: { call in
            call.option("kind")?.text.flatMap(FailoverKind.init).map(FailoverRight.init)
                ?? PlanAct(call.arguments["options"] ?? .null)?.rights.first
        },
        raises: [.preflightFailed, .vmClaimed, .refused],
        example:
            #"plan.preflight({ "sql01" }, { kind = "planned", origin = "oslo", destination = "bergen" })"#
    ) { call in
        try await Preflight(call: call).run()
    }
}
