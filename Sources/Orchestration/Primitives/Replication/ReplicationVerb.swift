// What all verbs of the namespace `replication` have in common: protection and failover of one
// machine. A verb is done under the key of its call, so that asking again after a death finishes it
// or returns what it returned.
import Model
import Replication

extension Catalogue {
    static let replication: [Primitive] =
        replicationLooks + replicationProofs + replicationProtections + replicationSettings
        + replicationCycles + replicationGroups + replicationFailovers + replicationTests

    static let protectedVM = Parameter(
        "vm", .vm, required: true,
        "The protected vm; \"web:extended\" for the replica's own replication.")

    /// A verb of the replica engine: done once under the call's key.
    static func verb(
        _ name: String, _ summary: String, _ arguments: [Parameter] = [],
        options: [Parameter] = [], result: ValueType = .any, returns: String = "",
        right: @escaping @Sendable (PrimitiveCall) -> FailoverRight? = { _ in nil },
        raises: [Failure.Code] = [], example: String,
        perform: @escaping @Sendable (PrimitiveCall) async throws -> Value
    ) -> Primitive {
        let isNeeded = options.contains(where: \.isRequired)
        let table = Parameter("options", .record(options), required: isNeeded, "How.")
        return Primitive(
            "replication.\(name)", summary,
            parameters: [protectedVM] + arguments + (options.isEmpty ? [] : [table]),
            result: result, returns: returns,
            effect: .once { call in
                let done = try await call.services.replication.operation(
                    call.key, of: call.protectionKey("vm"))
                return done == nil ? nil : try await perform(call)
            },
            right: right, raises: [.unknownName, .refused, .transitionRefused] + raises,
            example: example, perform: perform)
    }
}

extension PrimitiveCall {
    /// The key of the protection that an argument names, checked as ``machine(_:)`` checks; its
    /// primary need not answer.
    func protectionKey(_ argument: String) async throws -> String {
        let directory = MachineDirectory(services: services)
        let value = arguments[argument] ?? .null
        let key = value.text ?? ""
        let name = Protection.vm(ofKey: key)
        guard key != name else {
            return try await directory.memberMachine(named: value, scope: scope).id.name
        }
        let id = try await directory.memberMachine(named: .text(name), scope: scope).id
        guard key == Protection.key(of: id.name, .extended) else {
            let right = Protection.key(of: id.name, .extended)
            throw Failure(
                .unknownName,
                "there is no protection '\(key)'; a vm's is '\(id.name)', and '\(right)' that of "
                    + "its replica",
                context: ["vm": id.name])
        }
        return key
    }

    /// The protection that an argument names; raises `replication.not_protected`.
    func protection(_ argument: String) async throws -> Protection {
        let key = try await protectionKey(argument)
        guard let protection = try await services.replication.protection(of: key) else {
            throw Failure(
                .notProtected,
                "\(key) is not protected, so it has no replica; `muster protect` it",
                context: ["vm": key])
        }
        return protection
    }

    /// Whether the content of disks is to be proven before it boots (F-10).
    var proofPolicy: ProofPolicy {
        option("skip_proof")?.text.map { .skipped(reason: $0) } ?? .required
    }

    var chosenPoint: Int? { option("point")?.integer.map(Int.init) }
}

extension Parameter {
    /// The options that a failover and a test of one share.
    static let point = Parameter(
        "point", .integer(0..<Int64.max), "The point's sequence; the latest.")
    static let skipProof = Parameter(
        "skip_proof", .text, "Why it is done without a proof of the disks' content.")
}
