// The namespace `replication`: protection and failover of one machine. Every verb is done under the
// key of its call, so that asking again after a death finishes it or returns what it returned.
import Fabric
import Model
import Replication

extension Catalogue {
    static let replication: [Primitive] =
        replicationReads + replicationCycles + replicationFailovers + replicationTests

    private static let machine = Parameter("vm", .vm, required: true, "The protected vm.")

    /// A verb of the replica engine: done once under the call's key.
    private static func verb(
        _ name: String, _ summary: String, options: [Parameter] = [], result: ValueType = .any,
        returns: String = "", raises: [Failure.Code] = [], example: String,
        perform: @escaping @Sendable (PrimitiveCall) async throws -> Value
    ) -> Primitive {
        let isNeeded = options.contains(where: \.isRequired)
        let table = Parameter("options", .record(options), required: isNeeded, "How.")
        let parameters = options.isEmpty ? [machine] : [machine, table]
        return Primitive(
            "replication.\(name)", summary, parameters: parameters, result: result,
            returns: returns,
            effect: .once { call in
                let done = try await call.services.replication.operation(
                    call.key, of: call.vm("vm"))
                return done == nil ? nil : try await perform(call)
            },
            raises: [.unknownName, .refused, .transitionRefused] + raises, example: example,
            perform: perform)
    }

    private static let replicationReads = [
        Primitive(
            "replication.replica", "Gets the replica of a protected vm.", parameters: [machine],
            result: .made("vm", MachineView.fields), returns: "the replica", effect: .reads,
            raises: [.unknownName, .notProtected],
            example: #"local replica = replication.replica(vm)"#
        ) { call in
            let protection = try await call.protection("vm")
            return try await call.view(of: call.services.fabric.machine(protection.replica))
        },
        Primitive(
            "replication.state", "Gets the state of a vm's protection; \"disabled\" without one.",
            parameters: [machine],
            result: .choice(ProtectionState.allCases.map(\.rawValue)), returns: "the state",
            effect: .reads, raises: [.unknownName],
            example: #"if replication.state(vm) ~= "replicating" then replication.sync(vm) end"#
        ) { call in
            .text(try await call.services.replication.state(of: call.vm("vm")).rawValue)
        },
        Primitive(
            "replication.points", "Gets the recovery points that can be chosen, oldest first.",
            parameters: [machine],
            result: .list(.record(pointFields)), returns: "the points", effect: .reads,
            raises: [.unknownName, .notProtected],
            example: #"local points = replication.points(vm)"#
        ) { call in
            let points = try await call.services.replication.points(of: call.vm("vm"))
            return .list(points.map(\.view))
        },
        Primitive(
            "replication.loss", "Gets what an unplanned failover would lose now, in seconds.",
            parameters: [machine], result: .number, returns: "seconds since the latest point's cut",
            effect: .reads, raises: [.unknownName, .notProtected],
            example: #"job.note("%s would lose %d s", vm.name, replication.loss(vm))"#
        ) { call in
            .float(try await call.services.replication.lossWindow(of: call.vm("vm")).seconds)
        },
    ]

    private static let pointFields = [
        Parameter("sequence", .integer(1..<Int64.max), required: true, "Names the point."),
        Parameter("kind", .choice(["standard", "app-consistent"]), required: true, "Its kind."),
        Parameter("cut_at", .text, required: true, "The instant of the cut, ISO 8601."),
    ]

    private static let replicationCycles = [
        verb(
            "protect", "Makes a turned-off replica at the target; copies nothing yet.",
            options: [
                Parameter("target", .text, required: true, "The site that receives the replica."),
                Parameter("host", .text, "The host there; the first when left out."),
                Parameter(
                    "interval", .choice(ReplicationInterval.allCases.map(\.rawValue)),
                    "How often changes are sent; \"5m\"."),
                Parameter("compression", .boolean, "Compress what is sent; true."),
                Parameter("points", .integer(1..<25), "Recovery points to keep; 1."),
                Parameter("disks", .list(.text), "The disks to replicate; all."),
            ],
            example: #"replication.protect(vm, { target = "bergen", interval = "5m" })"#
        ) { call in
            let machine = try await call.machine("vm")
            _ = try await call.services.replication.protect(
                machine.id, call.protectionOptions, operation: call.key)
            return .null
        },
        verb(
            "first_copy", "Sends everything the vm's disks hold.", result: .record(pointFields),
            returns: "the point", example: #"replication.first_copy(vm)"#
        ) { call in
            try await call.services.replication.firstCopy(call.vm("vm"), operation: call.key).view
        },
        verb(
            "sync", "Sends what changed since the last point.", result: .record(pointFields),
            returns: "the point", example: #"replication.sync(vm)"#
        ) { call in
            try await call.services.replication.sync(call.vm("vm"), operation: call.key).view
        },
        verb("suspend", "Stops sending until resumed.", example: #"replication.suspend(vm)"#) {
            call in
            _ = try await call.services.replication.suspend(call.vm("vm"), operation: call.key)
            return .null
        },
        verb("resume", "Sends again.", example: #"replication.resume(vm)"#) { call in
            _ = try await call.services.replication.resume(call.vm("vm"), operation: call.key)
            return .null
        },
        verb(
            "remove", "Ends the protection; the replica stays, turned off.",
            example: #"replication.remove(vm)"#
        ) { call in
            try await call.services.replication.remove(call.vm("vm"), operation: call.key)
            return .null
        },
    ]

    private static let replicationFailovers = [
        verb(
            "prepare", "Sends the rest of a vm that is off; then neither side can be powered on.",
            raises: [.machineNotOff], example: #"fabric.stop(vm) replication.prepare(vm)"#
        ) { call in
            _ = try await call.services.replication.prepare(call.vm("vm"), operation: call.key)
            return .null
        },
        verb(
            "failover",
            "Makes the replica the production vm, under a raised epoch; starts nothing.",
            options: [
                Parameter(
                    "kind", .choice(["planned", "unplanned", "failback"]), required: true,
                    "Planned and failback need a prepared vm."),
                Parameter("point", .integer(1..<Int64.max), "The point's sequence; the latest."),
                Parameter("reason", .text, "Why, when the primary still answers."),
            ],
            raises: [.reasonMissing], example: #"replication.failover(vm, { kind = "planned" })"#
        ) { call in
            let request = FailoverRequest(
                call.option("kind")?.text.flatMap(FailoverKind.init) ?? .planned,
                point: call.option("point")?.integer.map(Int.init),
                reason: call.option("reason")?.text)
            let protection = try await call.services.replication.failOver(
                call.vm("vm"), request, operation: call.key)
            return ["epoch": .integer(Int64(protection.epoch))]
        },
        verb(
            "complete", "Commits a failover; the other points are gone.",
            example: #"replication.complete(vm)"#
        ) { call in
            _ = try await call.services.replication.complete(call.vm("vm"), operation: call.key)
            return .null
        },
        verb(
            "reverse", "Turns the direction of replication round after a failover.",
            example: #"replication.reverse(vm)"#
        ) { call in
            _ = try await call.services.replication.reverse(call.vm("vm"), operation: call.key)
            return .null
        },
    ]

    private static let replicationTests = [
        verb(
            "test_failover", "Makes the vm's temporary double on an isolated network, turned off.",
            result: .record([
                Parameter("name", .text, required: true, "Its name."),
                Parameter("site", .text, required: true, "Where it is."),
            ]),
            returns: "the double", example: #"local double = replication.test_failover(vm)"#
        ) { call in
            let id = try await call.services.replication.testFailover(
                call.vm("vm"), operation: call.key)
            return ["name": .text(id.name), "site": .text(id.site)]
        },
        verb(
            "clean_up", "Stops and deletes the double of a test failover.",
            example: #"replication.clean_up(vm)"#
        ) { call in
            try await call.services.replication.cleanUp(call.vm("vm"), operation: call.key)
            return .null
        },
    ]
}

extension PrimitiveCall {
    fileprivate func protection(_ argument: String) async throws -> Protection {
        let name = try await vm(argument)
        guard let protection = try await services.replication.protection(of: name) else {
            throw Failure(
                .notProtected,
                "\(name) is not protected, so it has no replica; `muster protect` it",
                context: ["vm": name])
        }
        return protection
    }

    fileprivate var protectionOptions: ProtectionOptions {
        get throws(Failure) {
            ProtectionOptions(
                target: option("target")?.text ?? "", host: option("host")?.text,
                interval: try ReplicationInterval(text: option("interval")?.text ?? "5m"),
                isCompressed: option("compression")?.boolean ?? true,
                pointsKept: Int(option("points")?.integer ?? 1),
                disks: option("disks")?.list?.compactMap(\.text))
        }
    }
}

extension RecoveryPoint {
    fileprivate var view: Value {
        [
            "sequence": .integer(Int64(sequence)), "kind": .text(kind.rawValue),
            "cut_at": .text(cutAt.description),
        ]
    }
}
