// Failing over, committing it, and turning round. Each kind is a right of its own (F-9).
import Model
import Replication

extension Catalogue {
    static let replicationFailovers = [
        verb(
            "prepare", "Sends the rest of a vm that is off; then neither side can be powered on.",
            options: [
                Parameter("reverses", .boolean, "Refuse when it could not be turned round; false.")
            ],
            right: { _ in .planned }, raises: [.machineNotOff, .reversalImpossible],
            example: #"fabric.stop(vm) replication.prepare(vm)"#
        ) { call in
            _ = try await call.services.replication.prepare(
                call.protectionKey("vm"), reverses: call.option("reverses")?.boolean ?? false,
                operation: call.key)
            return .null
        },
        verb(
            "cancel_preparation", "Gives a prepared vm back to production; starts nothing.",
            right: { _ in .planned }, example: #"replication.cancel_preparation(vm)"#
        ) { call in
            _ = try await call.services.replication.cancelPreparation(
                call.protectionKey("vm"), operation: call.key)
            return .null
        },
        verb(
            "failover",
            "Makes the replica the production vm, under a raised epoch; starts nothing.",
            options: [
                Parameter(
                    "kind", .choice(["planned", "unplanned", "failback"]), required: true,
                    "Planned and failback need a prepared vm."),
                .point, .skipProof,
                Parameter("reason", .text, "Why, when the primary still answers."),
            ],
            result: .record(
                RecoveredContent.fields + [
                    Parameter(
                        "epoch", .integer(0..<Int64.max), required: true, "The raised epoch.")
                ]),
            returns: "what it was brought to", right: { FailoverRight(of: $0.kind) },
            raises: [.reasonMissing, .pointMissing, .contentDiffers],
            example: #"replication.failover(vm, { kind = "planned" })"#
        ) { call in
            let request = FailoverRequest(
                call.kind, point: call.chosenPoint, reason: call.option("reason")?.text,
                proof: call.proofPolicy)
            let protection = try await call.services.replication.failOver(
                call.protectionKey("vm"), request, operation: call.key)
            let content = RecoveredContent(
                of: protection, at: protection.failover?.point, protection.failover?.proof)
            return .object(
                content.view.merging(["epoch": .integer(Int64(protection.epoch))]) { $1 })
        },
        verb(
            "complete", "Commits a failover; the other points are gone.",
            right: { _ in .complete }, example: #"replication.complete(vm)"#
        ) { call in
            _ = try await call.services.replication.complete(
                call.protectionKey("vm"), operation: call.key)
            return .null
        },
        verb(
            "reverse", "Turns the direction of replication round after a failover.",
            right: { _ in .reverse },
            raises: [.extendedStands, .reversalImpossible],
            example: #"replication.reverse(vm)"#
        ) { call in
            _ = try await call.services.replication.reverse(
                call.protectionKey("vm"), operation: call.key)
            return .null
        },
    ]

    static let replicationTests = [
        verb(
            "test_failover", "Makes the vm's temporary double on an isolated network, turned off.",
            options: [
                .point, .skipProof,
                Parameter("network", .text, "An isolated network there; the first one."),
                Parameter("duration", .duration, "After this time the double may be deleted."),
            ],
            result: .record(
                [
                    Parameter("name", .text, required: true, "Its name."),
                    Parameter("site", .text, required: true, "Where it is."),
                ] + RecoveredContent.fields),
            returns: "the double", right: { _ in .test },
            raises: [.pointMissing, .networkNotIsolated, .contentDiffers],
            example: #"local double = replication.test_failover(vm, { network = "isolated" })"#
        ) { call in
            let id = try await call.services.replication.testFailover(
                call.protectionKey("vm"), point: call.chosenPoint,
                network: call.option("network")?.text,
                duration: try call.option("duration")?.text.map { try Duration(text: $0) },
                proof: call.proofPolicy, operation: call.key)
            let protection = try await call.services.replication.protection(
                of: call.protectionKey("vm"))
            let content = protection.map {
                RecoveredContent(of: $0, at: $0.test?.point, $0.test?.proof).view
            }
            return .object(
                (content ?? [:]).merging(
                    ["name": .text(id.name), "site": .text(id.site)]) { $1 })
        },
        verb(
            "clean_up", "Stops and deletes the double of a test failover.",
            right: { _ in .test }, example: #"replication.clean_up(vm)"#
        ) { call in
            try await call.services.replication.cleanUp(
                call.protectionKey("vm"), operation: call.key)
            return .null
        },
    ]
}

extension PrimitiveCall {
    fileprivate var kind: FailoverKind {
        option("kind")?.text.flatMap(FailoverKind.init) ?? .planned
    }
}
