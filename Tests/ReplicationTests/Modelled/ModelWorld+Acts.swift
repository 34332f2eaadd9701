// What each step does.
import Fabric
import Model

@testable import Replication

extension ModelWorld {
    func act(_ step: ModelStep, _ engine: ReplicationEngine, _ key: String) async throws {
        switch step.act {
        case .write, .start, .stop, .pass, .grow, .addMemory: try await actAsGuest(step)
        case .cutSite, .loseSite, .healSite, .spoilLine, .mendLine, .fillDisk, .freeDisk,
            .damageFile, .foreignWrite, .uncleanEnd, .setWindow, .takeKey, .giveKey:
            try actAsFault(step)
        case .prepare, .cancelPreparation, .failOver, .failBack, .failOverUnplanned, .changePoint,
            .complete, .reverse, .test, .cleanUp:
            try await failOver(step, engine, key)
        default: try await replicate(step, engine, key)
        }
    }

    private func actAsGuest(_ step: ModelStep) async throws {
        if step.act == .pass { return clock.pass(minutes: step.number % 90) }
        let all = fabric.state.withLock { state in
            state.held.values.map(\.machine).filter { $0.id.name == step.name }
                .sorted { $0.id < $1.id }
        }
        guard let machine = production(step.name) else { return }
        switch step.act {
        case .write:
            // Whoever runs writes, an old primary at a site that was cut off too.
            let running = all.filter { $0.power == .running && $0.role == .production }
            guard !running.isEmpty else { return }
            let writer = running[step.number % running.count]
            let disk = step.number / 7 % writer.disks.count
            let blocks = Int(writer.disks[disk].size.bytes) / ReferenceModel.blockBytes
            try fabric.write(writer.id, disk: disk, block: step.number / 29 % blocks)
        case .start: try await fabric.start(all[step.number % all.count].id)
        case .stop: try await fabric.stop(machine.id)
        case .grow:
            guard machine.disks[0].size.bytes < 8 * 4096 else { return }
            try await fabric.stop(machine.id)
            try await fabric.grow(machine.id, disk: 0)
        default:
            try await fabric.stop(machine.id)
            try await fabric.update(machine.id) {
                $0.memory = ByteCount($0.memory.bytes + (1 << 20))
            }
        }
    }

    func options(_ step: ModelStep, target: String) -> ProtectionOptions {
        let replica = MachineID(site: target, name: step.name)
        return ProtectionOptions(
            target: target, isCompressed: step.number % 3 > 0, pointsKept: 1 + step.number % 4,
            consistentEveryHours: 0, ownerKey: step.act == .protectSealed ? "owner" : nil,
            takesExisting: fabric.state.withLock { $0.held[replica] != nil })
    }

    private func replicate(
        _ step: ModelStep, _ engine: ReplicationEngine, _ key: String
    ) async throws {
        let vm = step.machine
        switch step.act {
        case .protect, .protectSealed: try await protect(step, engine, key)
        case .serve: try await serve(engine)
        case .firstCopy: try note(vm, try await engine.firstCopy(vm, operation: key))
        case .sync: try note(vm, try await engine.sync(vm, operation: key))
        case .resync: try note(vm, try await engine.resync(vm, operation: key))
        case .suspend: _ = try await engine.suspend(vm, operation: key)
        case .resume: _ = try await engine.resume(vm, operation: key)
        case .putOffResync:
            let time = step.number % 3 == 0 ? nil : clock.now + .seconds(step.number)
            _ = try await engine.setResyncTime(time, of: vm, operation: key)
        case .reprotect: _ = try await engine.reprotect(vm, operation: key)
        case .joinGroup:
            for name in Self.machines.keys.sorted() {
                _ = try await engine.setGroup("pair", of: name, operation: key)
            }
        case .groupCycle:
            let point = try await engine.cycle(group: "pair", operation: key)
            for (name, found) in point.points { try note(name, found, inWindow: false) }
        default: try await engine.remove(vm, deletesReplica: step.number % 3 == 0, operation: key)
        }
    }

    private func protect(
        _ step: ModelStep, _ engine: ReplicationEngine, _ key: String
    ) async throws {
        if step.isExtended {
            let used = ledger.records[step.name].map { [$0.primary.site, $0.replica.site] } ?? []
            let target = ModelFabric.names.first { !used.contains($0) }!
            _ = try await engine.extend(step.name, options(step, target: target), operation: key)
        } else if let machine = production(step.name) {
            let targets = ModelFabric.names.filter { $0 != machine.id.site }
            let target = targets[step.number % 2]
            _ = try await engine.protect(machine.id, options(step, target: target), operation: key)
        }
    }

    private func failOver(
        _ step: ModelStep, _ engine: ReplicationEngine, _ key: String
    ) async throws {
        let vm = step.machine
        let points = ledger.records[vm]?.points ?? []
        let point = points.isEmpty ? nil : points[step.number % points.count].sequence
        var request = FailoverRequest(
            .unplanned, point: step.number % 4 == 0 ? nil : point,
            reason: step.number % 5 == 0 ? nil : "drawn")
        switch step.act {
        case .prepare:
            if step.number % 4 > 0, let machine = production(step.name) {
                try await fabric.stop(machine.id)
            }
            _ = try await engine.prepare(
                vm, reverses: step.number % 2 == 0, operation: key)
        case .cancelPreparation: _ = try await engine.cancelPreparation(vm, operation: key)
        case .failOver, .failBack:
            request = FailoverRequest(step.act == .failOver ? .planned : .failback)
            _ = try await engine.failOver(vm, request, operation: key)
        case .failOverUnplanned: _ = try await engine.failOver(vm, request, operation: key)
        case .changePoint:
            // Another point is chosen while the machine is off.
            if step.number % 3 > 0, let machine = production(step.name) {
                try await fabric.stop(machine.id)
            }
            _ = try await engine.failOver(vm, request, operation: key)
        case .complete: _ = try await engine.complete(vm, operation: key)
        case .reverse: _ = try await engine.reverse(vm, operation: key)
        case .test:
            // One that stands since before answers with the point of then.
            let isStanding = ledger.records[vm]?.test != nil
            let machine = try await engine.testFailover(vm, point: point, operation: key)
            guard !isStanding, companion == nil, let record = ledger.records[vm],
                let test = record.test
            else { return }
            try check(test: test, machine, record)
        default: try await engine.cleanUp(vm, operation: key)
        }
    }

    /// What is due at one look of the schedule, as the service begins it.
    private func serve(_ engine: ReplicationEngine) async throws {
        var schedule = CycleSchedule()
        for summary in try await engine.summaries() { schedule.adopt(summary, at: clock.now) }
        for due in schedule.tick(at: clock.now).due {
            switch await engine.perform(due) {
            case .success(let point): try note(due.key, point)
            case .failure(let failure):
                // The replica that is copied on may be on its way to another state meanwhile.
                guard failure.code == .transitionRefused, !due.key.contains(":") else { continue }
                throw Broken(description: "due and refused: \(failure.message)")
            }
        }
    }

    private func note(
        _ key: String, _ point: RecoveryPoint, inWindow: Bool = true
    ) throws {
        let isOpen = windows.isEmpty || windows.contains { $0.isOpen(at: point.cutAt) }
        guard !inWindow || isOpen || point.cutAt < askedAt else {
            throw Broken(description: "\(key) was cut outside of its windows, \(point.cutAt)")
        }
        guard ledger.records[key] != nil else { return }
        acknowledged[key] = (point.generation, point.cutAt)
    }
}
