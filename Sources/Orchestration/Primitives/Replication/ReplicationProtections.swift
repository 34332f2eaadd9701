// A protection begins, is changed, and ends.
import Fabric
import Model
import Replication

extension Catalogue {
    static let replicationProtections = [
        verb(
            "protect", "Makes a turned-off replica at the target; copies nothing yet.",
            options: Parameter.protectOptions,
            raises: [
                .alreadyProtected, .diskNotReplicable, .intervalInvalid, .primaryRefused,
                .argumentInvalid,
            ],
            example: #"replication.protect(vm, { target = "bergen", interval = "5m" })"#
        ) { call in
            let machine = try await call.machine("vm")
            _ = try await call.services.replication.protect(
                machine.id, call.protectionOptions, operation: call.key)
            return .null
        },
        verb(
            "extend", "Replicates a vm's replica on to a third site; copies nothing yet.",
            options: Parameter.protectionOptions,
            raises: [.notProtected, .alreadyProtected, .intervalInvalid],
            example: #"replication.extend("web01", { target = "tromso", interval = "15m" })"#
        ) { call in
            _ = try await call.services.replication.extend(
                call.protectionKey("vm"), call.protectionOptions, operation: call.key)
            return .null
        },
        verb(
            "reprotect", "Takes over at the replica what has drifted at the vm.",
            options: [Parameter("excluding", .list(.text), "New disks that are left out.")],
            raises: [.notProtected, .diskNotReplicable, .extendedStands],
            example: #"replication.reprotect(vm, { excluding = { "scratch" } })"#
        ) { call in
            _ = try await call.services.replication.reprotect(
                call.protectionKey("vm"),
                excluding: call.option("excluding")?.list?.compactMap(\.text) ?? [],
                operation: call.key)
            return .null
        },
        verb(
            "remove", "Ends the protection; the replica stays, turned off.",
            options: [
                Parameter("delete_replica", .boolean, "Delete it with its disks; false.")
            ],
            raises: [.extendedStands],
            example: #"replication.remove(vm, { delete_replica = true })"#
        ) { call in
            try await call.services.replication.remove(
                call.protectionKey("vm"),
                deletesReplica: call.option("delete_replica")?.boolean ?? false,
                operation: call.key)
            return .null
        },
    ]

    static let replicationSettings = [
        verb(
            "set_interval", "Changes how often changes are sent.",
            [
                Parameter(
                    "interval", .choice(ReplicationInterval.allCases.map(\.rawValue)),
                    required: true, "How often.")
            ],
            raises: [.notProtected, .intervalInvalid],
            example: #"replication.set_interval(vm, "30s")"#
        ) { call in
            let interval = try ReplicationInterval(text: call.arguments["interval"]?.text ?? "")
            _ = try await call.services.replication.setInterval(
                interval, of: call.protectionKey("vm"), operation: call.key)
            return .null
        },
        verb(
            "set_consistency", "Changes how often a point is application-consistent.",
            [Parameter("every", .duration, required: true, "Whole hours; \"0s\" is never.")],
            raises: [.notProtected, .argumentInvalid],
            example: #"replication.set_consistency(vm, "4h")"#
        ) { call in
            let every = try Duration(text: call.arguments["every"]?.text ?? "")
            let hours = try call.wholeHours(Int(every.components.seconds), "every")
            _ = try await call.services.replication.setConsistency(
                of: call.protectionKey("vm"), everyHours: hours, operation: call.key)
            return .null
        },
        verb(
            "set_group", "Puts a vm into a consistency group; takes it out without one.",
            [Parameter("group", .text, "The group's name.")], raises: [.notProtected],
            example: #"replication.set_group(vm, "web-shop")"#
        ) { call in
            _ = try await call.services.replication.setGroup(
                call.arguments["group"]?.text, of: call.protectionKey("vm"), operation: call.key)
            return .null
        },
    ]
}
