// What must hold after every step.
import Fabric
import Foundation
import Model

@testable import Replication

/// What a refused verb must leave as it was.
struct Sight: Equatable {
    struct Record: Equatable {
        var state: ProtectionState
        var primary: MachineID
        var replica: MachineID
        var generation: Int
        var epoch: Int
        var point: Int?
    }

    var records: [String: Record]
    var applied: [String: Int]
    var machines: [MachineID: VirtualMachine]

    init(_ world: ModelWorld) {
        let all = world.ledger.records
        records = all.mapValues {
            Record(
                state: $0.state, primary: $0.primary, replica: $0.replica,
                generation: $0.generation, epoch: $0.epoch, point: $0.failover?.point)
        }
        applied = all.mapValues(\.appliedSequence)
        machines = world.fabric.state.withLock { state in
            state.held.filter { $0.value.machine.role != .test }.mapValues(\.machine)
        }
        // A guest may have been stopped before the verb was asked.
        for id in machines.keys { machines[id]!.power = .off }
    }
}

extension ModelWorld {
    private static let refusals: Set<Failure.Code> = [
        .transitionRefused, .alreadyProtected, .notProtected, .reasonMissing, .pointMissing,
        .machineNotOff, .extendedStands, .pointOverwritten, .usage, .unknownName, .keyMissing,
    ]
    /// A missing key, and a replica that a removal which died has deleted, make a failed cycle of
    /// these, which is noted.
    private static let cycles: Set<ModelStep.Act> = [
        .firstCopy, .sync, .resync, .groupCycle, .serve, .prepare, .cancelPreparation,
    ]

    func check(refusal error: any Error, of step: ModelStep, _ before: Sight) throws {
        guard let failure = error as? Failure else {
            throw Broken(description: "no named failure: \(error)")
        }
        guard Self.refusals.contains(failure.code) else { return }
        // Whoever asked at the same time has changed something.
        guard step.meanwhile == nil else { return }
        let isNoted = [.keyMissing, .unknownName].contains(failure.code)
        if isNoted, Self.cycles.contains(step.act) { return }
        // A failover under way to a point that a guest has overwritten meanwhile stays where it is.
        guard
            failure.code != .pointOverwritten
                || !before.records.values.contains(where: { $0.state == .failingOver })
        else { return }
        let after = Sight(self)
        // A verb that settled the replica before it refused has changed what it settled.
        guard after.applied == before.applied else { return }
        // One that met damage when it settled the replica has noted that it has to be compared.
        var expected = before
        for (key, record) in after.records
        where failure.code == .pointMissing && record.state == .waitingForResync {
            expected.records[key]?.state = .waitingForResync
        }
        guard after == expected else {
            throw Broken(
                description: "refused, and something changed: \(failure.message)\n"
                    + "before \(before)\nafter \(after)")
        }
    }

    func check() async throws {
        try checkProduction()
        acknowledged = acknowledged.filter { ledger.records[$0.key] != nil }
        for record in ledger.records.values.sorted(by: { $0.key < $1.key }) {
            try checkRecord(record)
            try await checkPoints(record)
        }
    }

    private func checkProduction() throws {
        let state = fabric.state.withLock { $0 }
        for name in Self.machines.keys {
            let held = state.held.values.filter {
                $0.machine.id.name == name && $0.machine.role == .production
            }
            let running = held.filter { $0.machine.power == .running && !$0.isIsolated }
            guard running.count < 2 else {
                throw Broken(description: "\(name) runs at \(running.map(\.machine.id.site))")
            }
            for one in held { try check(one.machine, holds: state.model.disks[one.machine.id]) }
        }
    }

    func check(
        _ machine: VirtualMachine, holds disks: [ReferenceModel.Disk]?,
        opening cipher: DiskCipher? = nil
    ) throws {
        guard let disks else {
            throw Broken(description: "\(machine.id) became production with unknown disks")
        }
        for (number, (disk, versions)) in zip(machine.disks, disks).enumerated() {
            var bytes = try fabric.bytes(of: machine.id, disk.name)
            bytes.withUnsafeMutableBytes { cipher?.turn($0, disk: number, at: 0, seals: false) }
            try compare(bytes, versions, "\(disk.name) of \(machine.id)")
        }
    }

    private func compare(_ bytes: [UInt8], _ versions: [Int], _ what: String) throws {
        let size = ReferenceModel.blockBytes
        for (block, version) in versions.enumerated() {
            let found = bytes[block * size..<(block + 1) * size]
            let expected = versionBytes(version)
            let isSame = found.withUnsafeBytes { left in
                expected.withUnsafeBytes {
                    memcmp(left.baseAddress!, $0.baseAddress!, size) == 0
                }
            }
            guard isSame else {
                throw Broken(description: "block \(block) of \(what) is not version \(version)")
            }
        }
    }

    private func checkRecord(_ record: Protection) throws {
        let isMoving: Set<ProtectionState> = [
            .failingOver, .failingBack, .failedOverWaitingCompletion, .failedOver,
        ]
        guard let known = acknowledged[record.key] else { return }
        guard known.generation == record.generation, !isMoving.contains(record.state) else {
            acknowledged[record.key] = nil
            return
        }
        guard let latest = record.points.last else {
            guard disturbed.contains(record.replica) || isDamaged else {
                throw Broken(description: "\(record.key) has lost all its points")
            }
            acknowledged[record.key] = nil
            return
        }
        guard latest.cutAt >= known.cutAt, latest.sequence == record.appliedSequence else {
            throw Broken(
                description: "\(record.key) has lost the acknowledged point of \(known.cutAt)")
        }
    }

    private func checkPoints(_ record: Protection) async throws {
        let isMoving: Set<ProtectionState> = [
            .failingOver, .failingBack, .failedOverWaitingCompletion, .failedOver,
        ]
        let images = record.disks.map { ModelFabric.image(record.replica, $0.name) }
        let side = ReplicaSide(
            folder: LabLayout(lab: "/lab").folder(of: record, at: record.replica.site),
            disks: record.disks, images: images, files: files, workers: 1)
        guard !isMoving.contains(record.state), !record.points.isEmpty,
            record.agreement.encryption?.turning == nil,
            fabric.state.withLock({ $0.held[record.replica] }) != nil,
            try !side.isHalfApplied(record)
        else { return }
        // A re-protection that died may have let the replica grow, and then has disturbed it.
        let stamps = try? side.stamps()
        guard record.replicaStamps.isEmpty || stamps == record.replicaStamps else {
            if disturbed.contains(record.replica) || isDamaged { return }
            throw Broken(description: "\(record.replica) was written, and nobody knows by whom")
        }
        let chain = RecoveryPointChain(
            protection: record, folder: side.folder, images: images, files: files)
        for point in record.points { try check(point, chain, record) }
    }

    private func check(
        _ point: RecoveryPoint, _ chain: RecoveryPointChain, _ record: Protection
    ) throws {
        guard let disks = fabric.state.withLock({ $0.model.cuts[record.vm]?[point.cutAt] }) else {
            throw Broken(description: "point \(point.sequence) of \(record.key) has no cut")
        }
        do {
            let reader = try chain.open(point.sequence)
            for (number, versions) in disks.enumerated() {
                var bytes = [UInt8](
                    repeating: 0, count: versions.count * ReferenceModel.blockBytes)
                try bytes.withUnsafeMutableBytes {
                    try reader.read(disk: number, at: 0, into: $0)
                    cipher(of: record)?.turn($0, disk: number, at: 0, seals: false)
                }
                try compare(
                    bytes, versions, "disk\(number) at point \(point.sequence) of \(record.key)")
            }
        } catch let failure as Failure {
            guard isDamaged else {
                throw Broken(
                    description: "point \(point.sequence) of \(record.key): \(failure.message)")
            }
        }
    }

    /// What opens the disks of the record's replica; nil when they are not sealed.
    func cipher(of record: Protection) -> DiskCipher? {
        let sealed = record.agreement.encryption?.sealedSites ?? []
        guard sealed.contains(record.replica.site) else { return nil }
        return DiskCipher(owner: Self.owner, vm: record.vm)
    }

    func check(test: TestFailoverRecord, _ id: MachineID, _ record: Protection) throws {
        guard let point = record.points.first(where: { $0.sequence == test.point }),
            let disks = fabric.state.withLock({ $0.model.cuts[record.vm]?[point.cutAt] }),
            let machine = fabric.state.withLock({ $0.held[id]?.machine })
        else { return }
        guard !disturbed.contains(record.replica) else { return }
        try check(machine, holds: disks)
    }
}
