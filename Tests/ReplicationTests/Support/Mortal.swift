// Death at a chosen step: every change of files, record and fabric counts, and from the chosen one
// on nothing is done any more, as if the process had ended there. Before the change, or just after
// it.
import Fabric
import Model

@testable import Replication

/// Raised by whatever is asked of a dead engine.
struct Dead: Error {}

final class Life: Sendable {
    /// What a change is made to.
    enum Part: String, Sendable, CaseIterable {
        case undo = "undo logs", images, files, record, machines, marks

        init(of path: String) {
            let isImage = path.contains("/images/") || path.hasSuffix(".raw")
            self = path.contains("/undo/") ? .undo : isImage ? .images : .files
        }
    }

    private struct State {
        var steps = 0
        var end: Int?
        var isOver = false
    }

    private let state = Locked(State())
    /// Who comes in between, and before which change of record or machines.
    private let visitor = Locked<(before: Int, call: @Sendable () async -> Void)?>(nil)
    /// The change at which death comes is done, and nobody hears of it.
    let diesAfter: Bool
    /// Only changes of this part are counted; nil counts all.
    private let part: Part?

    init(endsAt end: Int, diesAfter: Bool, among part: Part? = nil) {
        self.diesAfter = diesAfter
        self.part = part
        state.withLock { $0.end = end }
    }

    var hasEnded: Bool { state.withLock { $0.isOver } }

    func check() throws { if hasEnded { throw Dead() } }

    /// Somebody comes when that many changes of record and machines are done.
    func visit(after changes: Int, _ call: @escaping @Sendable () async -> Void) {
        visitor.withLock { $0 = (changes, call) }
    }

    private func letIn() async {
        let call = visitor.withLock { visitor -> (@Sendable () async -> Void)? in
            guard let coming = visitor else { return nil }
            visitor = coming.before == 0 ? nil : (coming.before - 1, coming.call)
            return coming.before == 0 ? coming.call : nil
        }
        await call?()
    }

    func step<Result>(_ part: Part, _ change: () throws -> Result) throws -> Result {
        guard try isLast(part) else { return try change() }
        if diesAfter { _ = try change() }
        throw Dead()
    }

    func step<Result>(
        _ part: Part, _ change: () async throws -> Result
    ) async throws -> Result {
        await letIn()
        guard try isLast(part) else { return try await change() }
        if diesAfter { _ = try await change() }
        throw Dead()
    }

    private func isLast(_ changed: Part) throws -> Bool {
        try check()
        guard part == nil || part == changed else { return false }
        return state.withLock { state in
            defer { state.steps += 1 }
            state.isOver = state.steps == state.end
            return state.isOver
        }
    }
}

struct MortalFiles: FileSystem {
    var files: any FileSystem = HostFiles()
    let life: Life

    func open(_ path: String, _ mode: OpenMode) throws -> any DurableFile {
        if case .create = mode {
            let made = try life.step(Life.Part(of: path)) { try files.open(path, mode) }
            return MortalFile(made, life)
        }
        try life.check()
        return MortalFile(try files.open(path, mode), life)
    }
    func names(in folder: String) throws -> [String] {
        try life.check()
        return try files.names(in: folder)
    }
    func makeFolder(_ path: String) throws {
        try life.step(Life.Part(of: path)) { try files.makeFolder(path) }
    }
    func link(_ source: String, to target: String) throws {
        try life.step(Life.Part(of: target)) { try files.link(source, to: target) }
    }
    func rename(_ source: String, to target: String) throws {
        try life.step(Life.Part(of: target)) { try files.rename(source, to: target) }
    }
    func remove(_ path: String) throws {
        try life.step(Life.Part(of: path)) { try files.remove(path) }
    }
    func syncFolder(_ path: String) throws {
        try life.step(Life.Part(of: path)) { try files.syncFolder(path) }
    }
    func stamp(_ path: String) throws -> ImageStamp? {
        try life.check()
        return try files.stamp(path)
    }
}

private final class MortalFile: DurableFile {
    private let file: any DurableFile
    private let life: Life

    init(_ file: any DurableFile, _ life: Life) {
        self.file = file
        self.life = life
    }

    var path: String { file.path }
    func size() throws -> Int64 { try file.size() }
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        try life.check()
        return try file.read(into: buffer, at: offset)
    }
    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws {
        try life.step(Life.Part(of: path)) { try file.write(buffer, at: offset) }
    }
    func punchHole(at offset: Int64, count: Int64) throws {
        try life.step(Life.Part(of: path)) { try file.punchHole(at: offset, count: count) }
    }
    func dataRanges() throws -> [Range<Int64>] { try file.dataRanges() }
    func sync() throws { try life.step(Life.Part(of: path)) { try file.sync() } }
}

struct MortalLedger: ProtectionLedger {
    let ledger: any ProtectionLedger
    let life: Life

    func summaries() async throws -> [ProtectionSummary] {
        try life.check()
        return try await ledger.summaries()
    }
    func protection(of vm: String) async throws -> Protection? {
        try life.check()
        return try await ledger.protection(of: vm)
    }
    func save(_ protection: Protection, moving addresses: [AddressMove]) async throws {
        try await life.step(.record) { try await ledger.save(protection, moving: addresses) }
    }
    func removeProtection(of vm: String, moving addresses: [AddressMove]) async throws {
        try await life.step(.record) {
            try await ledger.removeProtection(of: vm, moving: addresses)
        }
    }
    func addresses(of machine: MachineID) async throws -> [GivenAddress] {
        try life.check()
        return try await ledger.addresses(of: machine)
    }
}

struct MortalFabric: FabricProvider {
    let fabric: any FabricProvider
    let life: Life

    func sites() async throws -> [Site] { try await fabric.sites() }
    func machines(at site: String?) async throws -> [VirtualMachine] {
        try life.check()
        return try await fabric.machines(at: site)
    }
    func machine(_ id: MachineID) async throws -> VirtualMachine {
        try life.check()
        return try await fabric.machine(id)
    }
    func define(_ machine: VirtualMachine) async throws {
        try await life.step(.machines) { try await fabric.define(machine) }
    }
    func remove(_ id: MachineID) async throws {
        try await life.step(.machines) { try await fabric.remove(id) }
    }
    func update(
        _ id: MachineID, _ change: @Sendable (inout VirtualMachine) throws -> Void
    ) async throws {
        try await life.step(.machines) { try await fabric.update(id, change) }
    }
    func start(_ id: MachineID) async throws {
        try await life.step(.machines) { try await fabric.start(id) }
    }
    func stop(_ id: MachineID) async throws {
        try await life.step(.machines) { try await fabric.stop(id) }
    }
    func move(_ id: MachineID, to host: String) async throws {
        try await life.step(.machines) { try await fabric.move(id, to: host) }
    }
    func setMaintenance(
        _ maintenance: HostMaintenance?, host: String, at site: String
    ) async throws { try await fabric.setMaintenance(maintenance, host: host, at: site) }
    func connect(_ nic: String, of id: MachineID, to switchName: String?) async throws {
        try await fabric.connect(nic, of: id, to: switchName)
    }
    func setFailoverAddress(
        _ address: FailoverAddress?, nic: String, of id: MachineID
    ) async throws { try await fabric.setFailoverAddress(address, nic: nic, of: id) }
    func setGuestAddress(_ address: String?, nic: String, of id: MachineID) async throws {
        try await fabric.setGuestAddress(address, nic: nic, of: id)
    }
    func changeSource(of id: MachineID) async throws -> any ChangeSource {
        try life.check()
        return MortalChanges(source: try await fabric.changeSource(of: id), life: life)
    }
    func imagePath(of disk: String, machine id: MachineID) async throws -> String {
        try await fabric.imagePath(of: disk, machine: id)
    }
}

private struct MortalChanges: ChangeSource {
    let source: any ChangeSource
    let life: Life

    func cut(everything: Bool) throws -> Cut {
        try life.step(.marks) { try source.cut(everything: everything) }
    }
    func acknowledge(_ token: CutToken) throws {
        try life.step(.marks) { try source.acknowledge(token) }
    }
    func fail(_ token: CutToken) throws {
        try life.step(.marks) { try source.fail(token) }
    }
    func pendingBytes() throws -> ByteCount {
        try life.check()
        return try source.pendingBytes()
    }
    func hold() throws {
        try life.check()
        try source.hold()
    }
    /// The dead hold nobody.
    func release() { source.release() }
}
