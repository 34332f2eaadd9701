// Looking at a protection: its replica, state, points, measures, drift, and the proof of its disks.
import Fabric
import Model
import Replication

extension Catalogue {
    static let replicationLooks = [
        Primitive(
            "replication.replica", "Gets the replica of a protected vm.",
            parameters: [protectedVM],
            result: .made("vm", MachineView.fields), returns: "the replica", effect: .reads,
            raises: [.unknownName, .notProtected],
            example: #"local replica = replication.replica(vm)"#
        ) { call in
            let protection = try await call.protection("vm")
            return try await call.view(of: call.services.fabric.machine(protection.replica))
        },
        Primitive(
            "replication.state", "Gets the state of a vm's protection; \"disabled\" without one.",
            parameters: [protectedVM],
            result: .choice(ProtectionState.allCases.map(\.rawValue)), returns: "the state",
            effect: .reads, raises: [.unknownName],
            example: #"if replication.state(vm) ~= "replicating" then replication.sync(vm) end"#
        ) { call in
            .text(try await call.services.replication.state(of: call.protectionKey("vm")).rawValue)
        },
        Primitive(
            "replication.terms", "Gets what was agreed when a vm was protected.",
            parameters: [protectedVM], result: .record(Protection.termFields),
            returns: "the terms", effect: .reads, raises: [.unknownName, .notProtected],
            example: #"local interval = replication.terms(vm).interval"#
        ) { call in
            try await call.protection("vm").termView
        },
        Primitive(
            "replication.points", "Gets the recovery points that can be chosen, oldest first.",
            parameters: [protectedVM],
            result: .list(.record(RecoveryPoint.fields)), returns: "the points", effect: .reads,
            raises: [.unknownName, .notProtected],
            example: #"local points = replication.points(vm)"#
        ) { call in
            let key = try await call.protectionKey("vm")
            return .list(try await call.services.replication.points(of: key).map(\.view))
        },
        Primitive(
            "replication.loss", "Gets what an unplanned failover would lose now, in seconds.",
            parameters: [
                protectedVM, Parameter("options", .record([.point]), "Which point is chosen."),
            ],
            result: .number, returns: "seconds since the point's cut",
            effect: .reads, raises: [.unknownName, .notProtected, .pointMissing],
            example: #"job.note("%s would lose %d s", vm.name, replication.loss(vm))"#
        ) { call in
            let key = try await call.protectionKey("vm")
            let loss = try await call.services.replication.lossWindow(
                of: key, point: call.chosenPoint)
            return .float(loss.seconds)
        },
    ]

    static let replicationProofs = [
        Primitive(
            "replication.measure", "Measures a protection: health, cycles, sizes and latencies.",
            parameters: [protectedVM], result: .record(ReplicationMeasure.fields),
            returns: "the measures", effect: .reads, raises: [.unknownName, .notProtected],
            example: #"job.note("%s is %s", vm.name, replication.measure(vm).health)"#
        ) { call in
            try await call.services.replication.measure(call.protectionKey("vm")).view
        },
        Primitive(
            "replication.drift", "Lists what has changed at a vm since its replica was made.",
            parameters: [protectedVM],
            result: .list(.record(Drift.fields)),
            returns: "the changes", effect: .reads, raises: [.unknownName, .notProtected],
            example: #"if #replication.drift(vm) > 0 then replication.reprotect(vm) end"#
        ) { call in
            let drifts = try await call.services.replication.drift(of: call.protectionKey("vm"))
            return .list(drifts.map(\.view))
        },
        Primitive(
            "replication.orphans", "Lists the replicas that belong to no protection any more.",
            result: .list(.made("vm", MachineView.fields)), returns: "the replicas",
            effect: .reads,
            example: #"for _, vm in ipairs(replication.orphans()) do job.note(vm.name) end"#
        ) { call in
            let ids = Set(try await call.services.replication.orphans())
            let machines = try await call.services.fabric.reachableMachines()
            let mine = machines.filter {
                ids.contains($0.id) && (call.scope == nil || $0.subscription == call.scope)
            }
            return .list(mine.map { MachineView($0, protection: nil).value })
        },
        Primitive(
            "replication.prove",
            "Proves that the replica's disks hold what replication brought, by reading all of them.",
            parameters: [
                protectedVM, Parameter("options", .record([.point]), "Which point is proven."),
            ],
            result: .record(ContentProof.fields),
            returns: "the proof", effect: .reads, phases: [.preflight, .run],
            raises: [
                .unknownName, .notProtected, .pointMissing, .contentDiffers, .contentUnproven,
            ],
            example: #"replication.prove(vm)"#
        ) { call in
            let key = try await call.protectionKey("vm")
            return try await call.services.replication.proveContent(
                of: key, point: call.chosenPoint
            ).view
        },
    ]
}
