// What is written together with the intent of a call.
import Model
import Store

extension Primitive {
    /// Changes that share the intent's transaction: the hold on the vm a write names (P-7), the use
    /// of the secrets it is given (B-6), and the act's own rows. Raises `scope.refused` when
    /// whoever started the run lacks the right (F-9).
    func openings(of call: PrimitiveCall) async throws -> [Change] {
        if let right = right(call) { try call.services.rights.require([right], of: call.by) }
        var changes = try await opening(call)
        if isWrite, case .vm? = parameters.first?.type {
            let named = call.arguments[parameters[0].name] ?? .null
            let machine = named.text.map { .text(Protection.vm(ofKey: $0)) } ?? named
            let name = try await MachineDirectory(services: call.services).id(of: machine).name
            changes.insert(.vmsClaimed([name], by: call.place.run, at: call.startedAt), at: 0)
        }
        if takesSecrets { changes += try call.usesOfSecrets(primitive: name) }
        return changes
    }
}
