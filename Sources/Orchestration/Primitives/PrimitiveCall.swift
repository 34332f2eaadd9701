// One call of a primitive as its record sees it: checked arguments, whose run it is, and what it
// may reach. Names of machines are resolved and held against the run's scope here and nowhere else
// (B-10).
import Fabric
import Model
import Replication
import Store

/// The parts of the house that primitives reach.
package final class Services: Sendable {
    package let fabric: any FabricProvider
    package let replication: ReplicationEngine
    package let store: Store
    package let clock: any WallClock
    package let rights: Rights
    /// How many runs may be running at once.
    package let slots: RunSlots
    /// Whether a run leaves memory before each call, as if it had waited there: what it does must
    /// not depend on what it still remembers. For tests.
    package let evictsAtCalls: Bool
    package let assets: AssetVault

    /// `assetKey` is the key file under which secrets are kept; `assets.key` in the lab.
    package init(
        fabric: any FabricProvider, replication: ReplicationEngine, store: Store,
        clock: any WallClock, rights: Rights = Rights(), slots: RunSlots = .house,
        evictsAtCalls: Bool = false, assetKey: String? = nil
    ) {
        self.fabric = fabric
        self.replication = replication
        self.store = store
        self.clock = clock
        self.rights = rights
        self.slots = slots
        self.evictsAtCalls = evictsAtCalls
        assets = AssetVault(
            store: store, clock: clock, keyPath: assetKey ?? "\(store.folder)/assets.key")
    }
}

package struct PrimitiveCall: Sendable {
    package let place: JournalPlace
    package let arguments: [String: Value]
    /// When the intent was written: the clock by which deadlines are set.
    package let startedAt: Timestamp
    /// Who started the run; empty where there is none.
    package let by: String
    /// The subscription whose machines the run may touch; nil for the whole house.
    package let scope: String?
    /// The name of the runbook or plan that calls.
    package let runbook: String
    /// Where in the author's text; nil where that is not known.
    package let position: SourcePosition?
    package let services: Services
    /// The run that calls, a reference because a call is copied often; nil while a card is read.
    private let context: RunContext?
    /// What the call has opened: nothing of it may be seen in what comes of the call.
    let opened = OpenedSecrets()

    package init(
        place: JournalPlace, arguments: [String: Value], startedAt: Timestamp, by: String = "",
        scope: String?, runbook: String = "", at position: SourcePosition? = nil,
        services: Services, in context: RunContext? = nil
    ) {
        self.context = context
        self.place = place
        self.arguments = arguments
        self.startedAt = startedAt
        self.by = by
        self.scope = scope
        self.runbook = runbook
        self.position = position
        self.services = services
    }

    /// Starts children; nil while a card is read, where nothing is started.
    var starting: RunStarting? { context?.starting }

    /// The texts of the plan whose run calls; nil while a card is read.
    func planTexts() throws -> PlanTexts? { try context.flatMap { try PlanTexts(of: $0) } }

    /// The run as it was when it was taken up; nil while a card is read.
    var run: RunRecord? { context?.run }

    /// Names this call for ever: what it does is done once under this key.
    package var key: String { "\(place.run)/\(place.branch.path)/\(place.sequence)" }

    /// An option of the call's `options` table.
    package func option(_ name: String) -> Value? { arguments["options"]?[name] }

    /// The machine that an argument names; raises `name.unknown`, or `scope.refused` for a machine
    /// of another subscription.
    package func machine(_ argument: String) async throws -> VirtualMachine {
        let directory = MachineDirectory(services: services)
        return try await directory.machine(named: arguments[argument] ?? .null, scope: scope)
    }

    package func view(of machine: VirtualMachine) async throws -> Value {
        let protection = try await services.replication.protection(of: machine.id.name)
        return MachineView(machine, protection: protection?.state).value
    }

    /// Every production machine within the scope, in the order of their names.
    package func views() async throws -> [MachineView] {
        try await MachineDirectory(services: services).views(scope: scope)
    }
}
