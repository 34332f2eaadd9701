// A lab of two sites in a temporary folder, with the engine over it as the program composes it, and
// one primitive that does nothing.
import Fabric
import Foundation
import LuaRuntime
import Model
import Orchestration
import Replication
import Store

final class Laboratory: Sendable {
    static let vm = MachineID(site: "oslo", name: "web01")

    let folder: String
    let fabric: EmbeddedFabric
    let store: Store
    let replication: ReplicationEngine
    let orchestrator: Orchestrator
    private let lease: Lease

    /// `runbooks` by their names; `disk` is the image that `web01` is imported with.
    init(
        runbooks: [String: String] = [:], disk: String? = nil, transport: TimedTransport? = nil,
        clock: any WallClock = MachineClock()
    ) async throws {
        folder = NSTemporaryDirectory() + "muster-bench-\(UUID().uuidString)"
        fabric = try EmbeddedFabric.create(at: folder)
        store = try Store(folder: folder)
        replication = ReplicationEngine(
            fabric: fabric, ledger: StoreLedger(store: store, clock: clock), clock: clock,
            lab: folder, transport: transport)
        transport?.use(LocalTransport(layout: LabLayout(lab: folder), files: HostFiles()))
        orchestrator = Orchestrator(
            services: Services(
                fabric: fabric, replication: replication, store: store, clock: clock),
            catalogue: Catalogue(adding: [Self.step]), library: Self.library(of: runbooks),
            version: "bench"
        ) { _ in }
        lease = try await Lease.acquire(
            in: store,
            holder: LeaseHolder(
                processID: getpid(), hostName: "", command: "bench", since: clock.now))
        try await furnish(disk)
        try write(runbooks)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Gives the lead up, for a process of its own to take.
    func giveUpLead() { lease.release() }

    /// `kind` for a plan.
    func start(_ runbook: String, as kind: FailoverKind? = nil) async throws -> RunID {
        try await orchestrator.start(
            RunRequest(
                name: runbook, kind: kind, by: Person(name: "bench", roles: []), seed: 1),
            under: lease.token)
    }

    @discardableResult
    func pass(_ run: RunID) async throws -> RunRecord {
        try await orchestrator.pass(run, under: lease.token)
    }

    /// Starts a runbook or plan and executes it to its end, which must be a good one.
    func run(_ runbook: String, as kind: FailoverKind? = nil) async throws {
        let run = try await pass(try await start(runbook, as: kind))
        guard run.state == .completed else {
            throw run.failure ?? Failure(.internalFault, "the benchmark's run is \(run.state)")
        }
    }

    private func furnish(_ disk: String?) async throws {
        for site in ["oslo", "bergen"] {
            try await fabric.createSite(site)
            try await fabric.addHost("\(site)-host", at: site)
            try await fabric.addNetwork(Network(name: "tenant"), at: site)
            try await fabric.addSwitch(
                Switch(name: "tenant", network: "tenant"), host: nil, at: site)
        }
        try await add(Self.vm.name, disk: disk)
    }

    /// Imports one more machine at the primary site.
    @discardableResult
    func add(_ name: String, disk: String?) async throws -> MachineID {
        let machine = VirtualMachine(
            id: MachineID(site: "oslo", name: name), host: "oslo-host", processors: 2,
            memory: ByteCount(2 << 30),
            nics: [NetworkCard(name: "nic0", mac: "52:54:00:00:00:01", switchName: "tenant")])
        try await fabric.importMachine(machine, disks: disk.map { [.image(path: $0)] } ?? [])
        return machine.id
    }

    /// The runbooks as files too, for the program.
    private func write(_ runbooks: [String: String]) throws {
        try FileManager.default.createDirectory(
            atPath: "\(folder)/runbooks", withIntermediateDirectories: true)
        for (name, text) in runbooks {
            try text.write(
                toFile: "\(folder)/runbooks/\(name).lua", atomically: false, encoding: .utf8)
        }
    }

    /// Cheap and with an intent: what a step costs when the act costs nothing.
    private static let step = Primitive(
        "bench.step", "Does nothing.",
        parameters: [Parameter("number", .integer(0..<Int64.max), required: true, "Which step.")],
        effect: .repeatable, example: "bench.step(1)"
    ) { _ in .null }

    private static func library(of runbooks: [String: String]) -> Library {
        Library(
            baked: Library.bakedModules, list: { Array(runbooks.keys) },
            read: { path throws(Failure) in
                path.hasSuffix(".lua") ? runbooks[String(path.dropLast(4))] : nil
            })
    }
}

/// The machine's clock.
struct MachineClock: WallClock {
    var now: Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    func sleep(until deadline: Timestamp) async throws {
        try await Task.sleep(for: max(.zero, deadline - now))
    }
}

/// A runbook whose body is `body`.
func runbook(_ body: String) -> String {
    """
    return runbook {
      summary = "What a benchmark runs.",
      run = function()
        \(body)
      end,
    }
    """
}
