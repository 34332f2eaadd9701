// Consistency groups: machines that are cut at one instant. A run holds and may touch all of them.
import Model
import Replication
import Store

extension Catalogue {
    private static let group = Parameter("group", .text, required: true, "The group's name.")

    static let replicationGroups = [
        Primitive(
            "replication.common_points",
            "Gets the points that all vms of a consistency group have, oldest first.",
            parameters: [group], result: .list(.record(CommonPoint.fields)),
            returns: "the points", effect: .reads, raises: [.unknownName, .refused],
            example: #"local points = replication.common_points "web-shop""#
        ) { call in
            _ = try await call.members
            let points = try await call.services.replication.commonPoints(of: call.group)
            return .list(points.map(\.view))
        },
        Primitive(
            "replication.sync_group", "Cuts all vms of a consistency group at one instant.",
            parameters: [
                group,
                Parameter(
                    "options",
                    .record([
                        Parameter(
                            "kind", .choice(RecoveryPoint.Kind.allCases.map(\.rawValue)),
                            "What the point is to be; \"standard\".")
                    ]), "How."),
            ],
            result: .record(CommonPoint.fields), returns: "the common point",
            // The engine knows what was done under the key, and answers with it.
            effect: .once { _ in nil },
            opening: { call in
                [.vmsClaimed(try await call.members, by: call.place.run, at: call.startedAt)]
            },
            raises: [.unknownName, .refused, .transitionRefused],
            example: #"local point = replication.sync_group "web-shop""#
        ) { call in
            let kind = call.option("kind")?.text.flatMap(RecoveryPoint.Kind.init)
            return try await call.services.replication.cycle(
                group: call.group, kind: kind ?? .standard, operation: call.key
            ).view
        },
    ]
}

extension PrimitiveCall {
    fileprivate var group: String { arguments["group"]?.text ?? "" }

    /// The group's machines, each within the run's scope.
    fileprivate var members: [String] {
        get async throws {
            let directory = MachineDirectory(services: services)
            var names: [String] = []
            for protection in try await services.replication.summaries()
            where protection.group == group && protection.relationship == .simple {
                names.append(
                    try await directory.memberMachine(named: .text(protection.vm), scope: scope)
                        .id.name)
            }
            return names
        }
    }
}
