// What a command says when it has changed something: a sentence for a person, and for a program the
// thing as it stands now.
import Fabric
import Model
import Orchestration
import Replication

extension Composition {
    /// Tells of a machine.
    func tell(_ sentence: String, _ id: MachineID, _ options: LabOptions) async throws {
        guard options.json else { return Terminal.say(sentence) }
        let state = try await replication.protection(of: id.name)?.state
        Terminal.say(json: MachineView(try await fabric.machine(id), protection: state).value)
    }

    /// Tells of a site.
    func tell(_ sentence: String, _ site: String, _ options: LabOptions) async throws {
        guard options.json else { return Terminal.say(sentence) }
        let lost = try await fabric.unreachableSites()
        let found = try await fabric.sites().first { $0.name == site }
        Terminal.say(json: found?.view(lost) ?? .null)
    }
}
