// The points of one replica. The disks are the latest; each undo log leads one point further back:
//
//     disks = point 9 ──9.undo──▶ point 8 ──8.undo──▶ point 7        (kept: 7, 8, 9)
//
// Dropping the oldest point is deleting the undo log that leads to it; dropping one in the middle
// is merging two (`UndoMerge`). An older point is read by laying the undo logs over the disks;
// nothing is written for that.
import Fabric
import Model

struct RecoveryPointChain: Sendable {
    let protection: Protection
    let folder: MachineFolder
    /// The replica's images, in the order of the protected disks.
    let images: [String]
    let files: any FileSystem
    /// For disks that were opened.
    var sealing: DiskCipher?

    /// The point of that sequence, the latest when nil; raises `replication.point_missing`.
    static func point(_ sequence: Int?, of protection: Protection) throws(Failure) -> RecoveryPoint
    {
        let found = sequence.map { wanted in
            protection.points.first { $0.sequence == wanted }
        }
        guard let point = found ?? protection.points.last else {
            let remedy =
                protection.state.waitsForResync
                ? "that could be reached any more; resync it" : "yet; run its first copy"
            throw Failure(
                .pointMissing, "\(protection.vm) has no recovery point \(remedy)",
                context: ["vm": protection.vm])
        }
        guard sequence == nil || point.sequence == sequence else {
            throw missing(sequence, protection)
        }
        return point
    }

    private static func missing(_ sequence: Int?, _ protection: Protection) -> Failure {
        let kept = protection.points.map { String($0.sequence) }.joined(separator: ", ")
        return Failure(
            .pointMissing,
            "\(protection.vm) has no recovery point \(sequence ?? 0); kept are \(kept)",
            context: ["vm": protection.vm, "point": String(sequence ?? 0)])
    }

    /// The undo logs that lead from the disks to `point`, in the order they are applied. The way
    /// may lead through points that are kept no more; each log says where it leads.
    private func wayBack(to point: Int) throws -> [ReplicationLog] {
        var logs: [ReplicationLog] = []
        var place = protection.appliedSequence
        while place > point {
            let name = LogName(generation: protection.generation, sequence: place)
            let log = try ReplicationLog.onWay(folder.undoLog(name), from: place, files: files)
            guard (point..<place).contains(log.header.sequence) else {
                throw LogDamage(path: log.path).at(0, "it does not lead back to point \(point)")
            }
            logs.append(log)
            place = log.header.sequence
        }
        return logs
    }

    /// The redo logs that lead to a point that was gone back from.
    private func wayForward(to point: Int) throws -> [ReplicationLog] {
        var place = protection.appliedSequence
        let logs = try files.names(in: folder.undo)
            .filter { $0.hasSuffix(".redo") }
            .compactMap { LogName(text: $0.dropLast(5)) }
            .filter { $0.generation == protection.generation }
            .filter { (protection.appliedSequence + 1...point).contains($0.sequence) }
            .map { name in
                let path = folder.redoLog(name)
                let log = try ReplicationLog.onWay(path, from: place, files: files)
                place = log.header.sequence
                return log
            }
        guard place == point else { throw Self.missing(point, protection) }
        return logs
    }

    /// Opens the disks as they were at `point`; raises `replication.log_damaged`.
    func open(_ point: Int) throws -> PointReader {
        let disks = try images.map { try files.open($0, .read) }
        let isLater = point > protection.appliedSequence
        let way = try isLater ? wayForward(to: point) : wayBack(to: point)
        return PointReader(protection, disks: disks, way, sealing: sealing)
    }
}

extension ReplicationLog {
    /// One log of a way between points. One that is not there, or leads from elsewhere, is damage
    /// too: what comes after it would be laid over other disks than it was made of.
    static func onWay(
        _ path: String, from place: Int, files: any FileSystem
    ) throws -> ReplicationLog {
        let damage = LogDamage(path: path)
        guard try files.stamp(path) != nil else { throw damage.at(0, "it is not there any more") }
        let log = try ReplicationLog(path, files: files)
        guard log.header.baseSequence == place else {
            throw damage.at(0, "it does not lead on from point \(place)")
        }
        return log
    }
}

extension ReplicaSide {
    func open(
        _ point: Int, of protection: Protection, sealing: DiskCipher? = nil
    ) throws -> PointReader {
        try RecoveryPointChain(
            protection: protection, folder: folder, images: images, files: files,
            sealing: sealing
        ).open(point)
    }
}

extension ReplicationEngine {
    /// Opens the replica's disks as they were at a point, the latest when nil, for reading; what an
    /// owner's key sealed stays sealed. Of use until the next operation on the machine. Raises
    /// `replication.point_missing` and `replication.log_damaged`.
    package func open(point: Int?, of vm: String) async throws -> PointReader {
        try await taking(vm) {
            let protection = try await required(vm)
            let chosen = try RecoveryPointChain.point(point, of: protection)
            let side = try await replicaSide(protection)
            return try await blocking { try side.open(chosen.sequence, of: protection) }
        }
    }
}

extension Protection {
    /// Adds the point the disks hold now; those that are not kept give way.
    mutating func append(_ point: RecoveryPoint) {
        points.removeAll { $0.sequence >= point.sequence }
        points.append(point)
        points = PointRetention(count: pointsKept).kept(of: points)
    }
}
