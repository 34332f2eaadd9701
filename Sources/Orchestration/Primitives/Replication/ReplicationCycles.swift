// The bytes of one machine travel, rest, and go on: copies, cycles, resyncs.
import Model
import Replication

extension Catalogue {
    private static let folder = Parameter(
        "folder", .text, required: true, "The folder on the external medium.")

    static let replicationCycles = [
        cycle("first_copy", "Sends everything the vm's disks hold.") {
            try await $0.firstCopy($1, operation: $2.key)
        },
        cycle(
            "sync", "Sends what changed since the last point.",
            options: [
                Parameter(
                    "kind", .choice(RecoveryPoint.Kind.allCases.map(\.rawValue)),
                    "What the point is to be; \"standard\".")
            ]
        ) {
            let kind = $2.option("kind")?.text.flatMap(RecoveryPoint.Kind.init)
            return try await $0.sync($1, kind: kind ?? .standard, operation: $2.key)
        },
        cycle("resync", "Compares all blocks and sends those that differ.") {
            try await $0.resync($1, operation: $2.key)
        },
        verb(
            "export", "Writes the first copy to an external medium.", [folder],
            raises: [.notProtected], example: #"replication.export(vm, "/media/carrier/web01")"#
        ) { call in
            _ = try await call.services.replication.export(
                call.protectionKey("vm"), to: call.folder, operation: call.key)
            return .null
        },
        verb(
            "import_copy", "Takes in a first copy that came on an external medium.", [folder],
            result: .record(RecoveryPoint.fields), returns: "the point",
            raises: [.notProtected, .mediaRefused],
            example: #"replication.import_copy(vm, "/media/carrier/web01")"#
        ) { call in
            try await call.services.replication.importCopy(
                call.protectionKey("vm"), from: call.folder, operation: call.key
            ).view
        },
        verb("suspend", "Stops sending until resumed.", example: #"replication.suspend(vm)"#) {
            call in
            _ = try await call.services.replication.suspend(
                call.protectionKey("vm"), operation: call.key)
            return .null
        },
        verb("resume", "Sends again.", example: #"replication.resume(vm)"#) { call in
            _ = try await call.services.replication.resume(
                call.protectionKey("vm"), operation: call.key)
            return .null
        },
        Primitive(
            "replication.stop_transfer",
            "Stops the copy or cycle of a vm that is under way, between two blocks.",
            parameters: [protectedVM], result: .boolean, returns: "whether one was under way",
            effect: .repeatable, raises: [.unknownName, .refused],
            example: #"replication.stop_transfer(vm)"#
        ) { call in
            .boolean(call.services.replication.stopTransfer(of: try await call.protectionKey("vm")))
        },
    ]

    /// A verb that comes to a point.
    private static func cycle(
        _ name: String, _ summary: String, options: [Parameter] = [],
        perform:
            @escaping @Sendable (ReplicationEngine, String, PrimitiveCall) async throws
            -> RecoveryPoint
    ) -> Primitive {
        verb(
            name, summary, options: options, result: .record(RecoveryPoint.fields),
            returns: "the point", raises: [.notProtected, .transferStopped],
            example: "replication.\(name)(vm)"
        ) { call in
            try await perform(call.services.replication, call.protectionKey("vm"), call).view
        }
    }
}

extension PrimitiveCall {
    fileprivate var folder: String { arguments["folder"]?.text ?? "" }
}
