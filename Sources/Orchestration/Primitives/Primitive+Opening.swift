// What is written together with the intent of a call.
import Model
import Store

extension Primitive {
    /// Changes that share the intent's transaction: the hold on the vm a write names (P-7), and the
    /// act's own rows.
    func openings(of call: PrimitiveCall) async throws -> [Change] {
        var changes = try await opening(call)
        if isWrite, case .vm? = parameters.first?.type {
            let named = call.arguments[parameters[0].name] ?? .null
            let name = try await MachineDirectory(services: call.services).id(of: named).name
            changes.insert(.vmsClaimed([name], by: call.place.run, at: call.startedAt), at: 0)
        }
        return changes
    }
}
