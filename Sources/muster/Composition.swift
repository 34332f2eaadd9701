// The only file that names the concrete parts of the house: which fabric, which store, which clock.
import Fabric
import Foundation
import LuaRuntime
import Model
import Orchestration
import Replication
import Store

/// A lab folder, opened.
struct Composition: Sendable {
    let folder: String
    let fabric: EmbeddedFabric
    let store: Store
    let notifier: Notifier
    let orchestrator: Orchestrator
    /// What `muster.lua` says.
    let configuration: Configuration
    /// Who typed the command.
    let actor: Person

    /// Opens the lab for a command; raises `fabric.lab_missing` when there is none, what the store
    /// raises, what is wrong in `muster.lua`, with its line, and `scope.refused` when the command
    /// is the house's and who typed it is a tenant's person.
    init(_ options: LabOptions, for audience: Audience = .house) async throws {
        folder = options.folder
        let clock = SystemClock()
        fabric = try EmbeddedFabric(folder: folder)
        store = try Store(folder: folder)
        notifier = try Notifier(folder: folder)
        configuration = try await Configuration.read(folder: folder)
        let replication = ReplicationEngine(
            fabric: fabric, ledger: StoreLedger(store: store, clock: clock), clock: clock,
            lab: folder, policy: configuration.replication.policy,
            keys: configuration.replication.keys(in: folder))
        let bell = notifier
        orchestrator = Orchestrator(
            services: Services(
                fabric: fabric, replication: replication, store: store, clock: clock,
                rights: configuration.rights, slots: configuration.slots,
                evictsAtCalls: ProcessInfo.processInfo.environment["MUSTER_EVICT"] != nil,
                assetKey: configuration.assetKey),
            library: Self.library(in: folder), version: Muster.version
        ) { bell.notify($0) }
        actor = configuration.rights.known(options.actorName)
        if audience == .house {
            let words = LabOptions.hoisted(CommandLine.arguments)
            try await orchestrator.requireHouse(actor, for: LabOptions.act(words))
        }
    }

    /// Makes an empty lab with these sites; what is there stays.
    static func makeLab(in folder: String, sites: [String]) async throws {
        let fabric = try EmbeddedFabric.create(at: folder)
        _ = try Store(folder: folder)
        for site in sites { try await fabric.createSite(site) }
    }

    var replication: ReplicationEngine { orchestrator.services.replication }
    var clock: any WallClock { orchestrator.services.clock }

    /// Takes the lead for this process; raises `store.lease_held`, saying who has it.
    func takeLead() async throws -> Lease {
        let command = CommandLine.arguments.dropFirst().joined(separator: " ")
        return try await Lease.acquire(
            in: store,
            holder: LeaseHolder(
                processID: ProcessInfo.processInfo.processIdentifier,
                hostName: ProcessInfo.processInfo.hostName, command: "muster \(command)",
                since: clock.now))
    }

    /// Does `work` while holding the lead, which ends with it.
    func leading<Result>(
        _ work: (LeaseToken) async throws -> Result
    ) async throws -> Result {
        let lease = try await takeLead()
        defer { lease.release() }
        return try await work(lease.token)
    }

    /// The person who acts; raises `name.unknown` for one that `muster.lua` does not list.
    func person(_ options: LabOptions) throws -> Person {
        try configuration.person(named: options.actorName, isExplicit: options.actor != nil)
    }

    /// The runbooks of the lab and the baked library.
    private static func library(in folder: String) -> Library {
        let runbooks = "\(folder)/runbooks"
        return Library(
            baked: Library.bakedModules,
            list: { (try? FileManager.default.contentsOfDirectory(atPath: runbooks)) ?? [] },
            read: { path throws(Failure) in try readRunbook(path, below: runbooks) })
    }

    private static func readRunbook(_ path: String, below root: String) throws(Failure) -> String? {
        let file = path.hasPrefix("/") || path.hasPrefix("./") ? path : "\(root)/\(path)"
        guard !path.split(separator: "/").contains(".."),
            FileManager.default.fileExists(atPath: file)
        else { return nil }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure(
                .libraryUnreadable,
                "\(file) is there and cannot be read; mend its permissions, or take it away",
                context: ["file": file])
        }
        guard data.count <= Limits.sourceBytesMax, let text = String(data: data, encoding: .utf8)
        else {
            throw Failure(
                .sourceMissing,
                "\(file) is not a text of UTF-8 of at most \(ByteCount(Limits.sourceBytesMax))")
        }
        return text
    }
}
