// Proof of a disk's content before anything boots from it: every block of the point is read and
// hashed, and the tree's root must be the one that replication carried (F-10).
import Fabric
import Model

extension ReplicationEngine {
    /// Reads all of a point, the latest when nil, and proves it. What it finds wrong the next
    /// resync reads anew and mends.
    ///
    /// Raises `replication.content_differs`, which names disk and block,
    /// `replication.content_unproven` when nothing was recorded to prove it by, and
    /// `replication.log_damaged`.
    package func proveContent(of vm: String, point: Int? = nil) async throws -> ContentProof {
        try await taking(vm) {
            let protection = try await settle(try await required(vm))
            let chosen = try RecoveryPointChain.point(point, of: protection)
            return try await prove(chosen, of: protection, .required)
        }
    }

    func prove(
        _ point: RecoveryPoint, of protection: Protection, _ policy: ProofPolicy
    ) async throws -> ContentProof {
        if case .skipped(let reason) = policy {
            guard !reason.isEmpty else {
                throw Failure(
                    .usage,
                    "the proof of \(protection.vm)'s disks is skipped for a reason only; give it",
                    context: ["vm": protection.vm])
            }
            return ContentProof(point: point.sequence, skippedBecause: reason)
        }
        let side = try await replicaSide(protection)
        // The roots are of sealed blocks, and a replica that was failed over to was opened.
        let isOpened = protection.agreement.encryption.map {
            !$0.sealedSites.contains(protection.replica.site)
        }
        let sealing = isOpened == true ? try opening(of: protection)?.disks : nil
        do {
            let roots = try await blocking { try side.prove(point, protection, sealing) }
            return ContentProof(point: point.sequence, roots: roots)
        } catch let failure as Failure where failure.code == .contentDiffers {
            var doubted = protection
            doubted.isReplicaDoubted = true
            try await ledger.save(doubted)
            throw failure
        }
    }

    /// A replica that came without hash files, as after a change of roles, is read once, and must
    /// hold what the other side held.
    func proveBase(_ protection: Protection, _ side: ReplicaSide) async throws {
        let wrong = try await blocking { () -> String? in
            guard let latest = protection.points.last, !(try side.isHalfApplied(protection)),
                try side.validHashFiles(protection).contains(nil)
            else { return nil }
            _ = try side.hashes(protection)
            let pairs = zip(latest.roots, try side.roots(protection))
            return zip(side.disks, pairs).first { $1.0 != $1.1 }?.0.name
        }
        guard let wrong else { return }
        try await distrust(protection, side)
        throw Failure(
            .contentDiffers,
            "\(wrong) of \(protection.replica) does not hold the point it is said to; the next "
                + "cycle compares all blocks and sends those that differ",
            context: ["vm": protection.vm, "disk": wrong])
    }
}

extension ReplicaSide {
    /// The roots by disk; raises when what is found is not what the point is said to hold.
    func prove(
        _ point: RecoveryPoint, _ protection: Protection, _ sealing: DiskCipher?
    ) throws -> [String: String] {
        guard point.roots.count == disks.count else {
            throw Failure(
                .contentUnproven,
                "nothing was recorded of what \(protection.replica) held at point "
                    + "\(point.sequence); run a cycle, or skip the proof with a reason",
                context: ["vm": protection.vm, "point": String(point.sequence)])
        }
        let reader = try open(point.sequence, of: protection, sealing: sealing)
        var roots: [String: String] = [:]
        for (number, disk) in disks.enumerated() {
            let identity = identity(number, protection)
            let found = try reader.hashes(of: number, identity, workers: workers)
            let root = HashTree.root(over: found, identity).description
            guard root == point.roots[number] else {
                let block = try firstDiffering(found, number, reader, protection)
                throw differs(block, of: disk, point, protection)
            }
            roots[disk.name] = root
        }
        return roots
    }

    /// The first block that is not what its hash file and the logs say; nil when that is not known,
    /// or when they were changed together.
    private func firstDiffering(
        _ found: [BlockHash], _ disk: Int, _ reader: PointReader, _ protection: Protection
    ) throws -> BlockIndex? {
        guard let path = try validHashFiles(protection)[disk],
            let latest = try read(path, identity(disk, protection))
        else { return nil }
        return found.indices.first { block in
            found[block] != reader.overlay.hash(disk: disk, block: block) ?? latest[block]
        }
    }

    private func differs(
        _ block: BlockIndex?, of disk: ProtectedDisk, _ point: RecoveryPoint,
        _ protection: Protection
    ) -> Failure {
        let place = block.map { "block \($0) (byte \($0 * protection.blockBytes)) of " } ?? ""
        var context = ["vm": protection.vm, "disk": disk.name, "point": String(point.sequence)]
        context["block"] = block.map(String.init)
        return Failure(
            .contentDiffers,
            "\(place)\(disk.name) of \(protection.replica) is not what replication brought for "
                + "point \(point.sequence); choose another point, or send it again by a resync",
            context: context)
    }
}

extension PointReader {
    /// The hash of every block at the point.
    fileprivate func hashes(
        of disk: Int, _ identity: HashFile.Identity, workers: Int
    ) throws -> [BlockHash] {
        let source = LogSource(size: identity.diskBytes, extents: try extents(of: disk)) {
            try self.read(disk: disk, at: $0, into: $1)
        }
        let pass = BlockPass(
            source, blocks: identity.blocks, blockBytes: identity.blockBytes, target: nil)
        return try pass.run(workers: workers).hashes
    }
}
