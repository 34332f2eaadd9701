// What every verb begins and ends with: the machine's turn, the record, and the note of what was
// done.
import Fabric
import Model

extension ReplicationEngine {
    /// Runs `body` on the protection of `vm`, alone. What was done under `operation` is not done
    /// again: then `done` says what came of it.
    func perform<Result: Sendable>(
        _ vm: String, _ operation: String?,
        done: (Protection, OperationRecord) throws -> Result,
        _ body: (Protection) async throws -> Result
    ) async throws -> Result {
        try await taking(vm) {
            let protection = try await required(vm)
            if let record = operation.flatMap(protection.operation) {
                return try done(protection, record)
            }
            return try await body(protection)
        }
    }

    /// The same for a verb that answers with the record.
    func perform(
        _ vm: String, _ operation: String?, _ body: (Protection) async throws -> Protection
    ) async throws -> Protection {
        try await perform(vm, operation, done: { protection, _ in protection }, body)
    }

    func taking<Result: Sendable>(
        _ vm: String, _ body: () async throws -> Result
    ) async throws -> Result {
        let vm = Protection.vm(ofKey: vm)
        await turns.take(vm)
        do {
            let result = try await body()
            await turns.give(vm)
            return result
        } catch {
            await turns.give(vm)
            throw error
        }
    }

    /// Raises `replication.not_protected`, with the nearest spelling.
    func required(_ vm: String) async throws -> Protection {
        if let protection = try await ledger.protection(of: vm) { return protection }
        let names = try await ledger.summaries().map(\.vm)
        throw Failure(
            .notProtected,
            "'\(vm)' is not protected" + Spelling.hint(for: vm, among: names)
                + "; `muster protect` makes a replica of it",
            context: ["vm": vm])
    }

    /// Saves the protection after an event; noted as done under `operation`.
    @discardableResult
    func save(
        _ protection: Protection, after event: ProtectionState.Event?, verb: String = "",
        operation: String? = nil, moving addresses: [AddressMove] = []
    ) async throws -> Protection {
        var next = protection
        if let event { next.state = try next.state.after(event) }
        if !verb.isEmpty { next.note(verb, key: operation, point: next.points.last?.sequence) }
        try await ledger.save(next, moving: addresses)
        return next
    }

    /// Blocking work, off Swift's cooperative threads.
    func blocking<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await BlockingThreads.shared.run(work)
    }

    /// The side that receives.
    func replicaSide(_ protection: Protection) async throws -> ReplicaSide {
        ReplicaSide(
            folder: layout.folder(of: protection, at: protection.replica.site),
            disks: protection.disks,
            images: try await imagePaths(protection.disks, of: protection.replica), files: files,
            workers: workers)
    }

    func imagePaths(_ disks: [ProtectedDisk], of id: MachineID) async throws -> [String] {
        var paths: [String] = []
        for disk in disks {
            paths.append(try await fabric.imagePath(of: disk.name, machine: id))
        }
        return paths
    }

    /// The machine, or nil when its site does not answer.
    func machine(ifAnswering id: MachineID) async throws -> VirtualMachine? {
        do {
            return try await fabric.machine(id)
        } catch let failure as Failure where failure.code == .siteUnreachable {
            return nil
        }
    }
}
