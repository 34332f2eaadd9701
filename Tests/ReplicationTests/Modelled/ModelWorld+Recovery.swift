// The way home: when all faults are healed, a person who asks by the documented verbs, one after
// the other, has every machine replicating again, with nothing of what it wrote lost.
import Fabric
import Model

@testable import Replication

extension ModelWorld {
    /// More than any way home has steps.
    private static let attemptsMax = 24

    func comeBack() async throws {
        heal()
        try await check()
        for name in Self.machines.keys.sorted() {
            try await comeBack(name)
            try await proveProtected(name)
        }
    }

    private func comeBack(_ name: String) async throws {
        var told: [String] = []
        for _ in 0..<Self.attemptsMax {
            if try await isHome(name) { return }
            let state = states[name].map(\.rawValue) ?? "unprotected"
            do {
                try await takeOneStepHome(name)
                told.append("\(state)")
            } catch let failure as Failure {
                told.append("\(state): \(failure.message)")
            } catch let broken as Broken {
                throw broken
            } catch { throw Broken(description: "no named failure: \(error)") }
            try await check()
        }
        throw Broken(
            description: "\(name) does not come home:\n    "
                + told.suffix(4).joined(separator: "\n    "))
    }

    private func isHome(_ name: String) async throws -> Bool {
        let extended = ledger.records[Protection.key(of: name, .extended)]
        guard let record = ledger.records[name], extended == nil else { return false }
        return record.state == .replicating && production(name)?.id == record.primary
    }

    private func takeOneStepHome(_ name: String) async throws {
        let engine = engine(Life(endsAt: .max, diesAfter: false))
        let key = Protection.key(of: name, .extended)
        guard let extended = ledger.records[key] else {
            return try await take(name, engine)
        }
        switch extended.state {
        case .failingOver, .failingBack:
            _ = try await engine.failOver(key, FailoverRequest(.unplanned, reason: "home"))
        case .failedOverWaitingCompletion: _ = try await engine.complete(key)
        case .failedOver:
            switch ledger.records[name]?.state {
            case nil: try await engine.remove(key)
            case .failingOver, .failingBack: try await take(name, engine)
            default: try await engine.remove(name)
            }
        default: try await engine.remove(key)
        }
    }

    private func take(_ name: String, _ engine: ReplicationEngine) async throws {
        // The other relationship of a chain has taken over: protect the machine where it runs.
        if let record = ledger.records[name], let machine = production(name),
            ![record.primary, record.replica].contains(machine.id),
            ![.failingOver, .failingBack].contains(record.state)
        {
            return try await engine.remove(name)
        }
        // A removal that died has deleted the replica, and is asked for again.
        if let record = ledger.records[name],
            fabric.state.withLock({ $0.held[record.replica] }) == nil
        {
            return try await engine.remove(name)
        }
        switch states[name] ?? .disabled {
        case .disabled: try await protectAnew(name, engine)
        case .readyForInitialReplication, .initialReplication:
            if states[name] == .readyForInitialReplication, try await hasGrown(name, engine) {
                _ = try await engine.reprotect(name)
            } else {
                _ = try await engine.firstCopy(name)
            }
        // A preparation that died has held the machine off, and its record does not say so yet.
        case .replicating: _ = try await engine.cancelPreparation(name)
        case .error, .waitingForResync, .resyncing:
            if try await hasGrown(name, engine) {
                _ = try await engine.reprotect(name)
            } else if states[name] == .error {
                _ = try await engine.sync(name)
            } else {
                _ = try await engine.resync(name)
            }
        case .suspended, .resyncSuspended: _ = try await engine.resume(name)
        case .preparedForFailover: _ = try await engine.cancelPreparation(name)
        case .failingOver, .failingBack:
            _ = try await engine.failOver(name, FailoverRequest(.unplanned, reason: "home"))
        case .failedOverWaitingCompletion: _ = try await engine.complete(name)
        case .failedOver:
            do { _ = try await engine.reverse(name) } catch let failure as Failure
                where [.sizeChanged, .protectedDiskMissing, .transitionRefused].contains(
                    failure.code)
            {
                // What the message says: protect the machine where it runs.
                try await engine.remove(name)
            }
        }
    }

    private func hasGrown(_ name: String, _ engine: ReplicationEngine) async throws -> Bool {
        try await engine.drift(of: name).contains { $0.kind == .diskResized }
    }

    /// An old primary that nobody could reach is turned off before it becomes a replica, and before
    /// the machine that has outgrown it is started.
    private func turnOffOthers(than machine: VirtualMachine) async throws {
        let others = fabric.state.withLock { state in
            state.held.values.map(\.machine).filter {
                $0.id.name == machine.id.name && $0.id != machine.id && $0.role == .production
            }
        }
        for other in others { try await fabric.stop(other.id) }
    }

    private func protectAnew(_ name: String, _ engine: ReplicationEngine) async throws {
        guard let machine = production(name) else {
            throw Broken(description: "\(name) is production nowhere")
        }
        try await turnOffOthers(than: machine)
        let targets = ModelFabric.names.filter { $0 != machine.id.site }
        let fitting = targets.first { target in
            let id = MachineID(site: target, name: name)
            guard let held = fabric.state.withLock({ $0.held[id] }) else { return true }
            return held.machine.disks == machine.disks
        }
        if fitting == nil {
            try await engine.fabric.remove(MachineID(site: targets[0], name: name))
        }
        let target = fitting ?? targets[0]
        let step = ModelStep(act: .protect, machine: name, number: 1)
        _ = try await engine.protect(machine.id, options(step, target: target))
    }

    /// Writes once more and sends it: what the replica holds then is what the machine wrote.
    private func proveProtected(_ name: String) async throws {
        let engine = engine(Life(endsAt: .max, diesAfter: false))
        var told = "it is production nowhere"
        for _ in 0..<Self.attemptsMax {
            guard let machine = production(name) else { break }
            do {
                try await turnOffOthers(than: machine)
                try await fabric.start(machine.id)
                try fabric.write(machine.id, disk: 0, block: 0)
                if try await isHome(name) {
                    _ = try await engine.sync(name)
                } else {
                    try await takeOneStepHome(name)
                }
            } catch let failure as Failure {
                told = "\(states[name]?.rawValue ?? "unprotected"): \(failure.message)"
                try await check()
                continue
            }
            try await check()
            guard try await isHome(name), let record = ledger.records[name] else { continue }
            let replica = fabric.state.withLock { $0.held[record.replica]!.machine }
            return try check(
                replica, holds: fabric.state.withLock { $0.model.disks[record.primary] },
                opening: cipher(of: record))
        }
        throw Broken(description: "\(name) came home, and no cycle goes: \(told)")
    }
}
