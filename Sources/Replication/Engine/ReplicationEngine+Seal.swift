// Encryption at rest: when a key is needed, and when images are turned. The replica's disks and
// everything derived from them are sealed; they are opened when the replica becomes production, and
// the old primary's are sealed when it becomes a replica.
//
//     cycle           key: seals the log                  receive   no key
//     apply           key: opens the log, seals blocks     undo, points, hashes   no key
//     test failover   key: opens a copy                   failover, reverse   key: turns images
import Fabric
import Model

extension ReplicationEngine {
    /// Raises `replication.key_missing` when the machine's replica is encrypted and could not be
    /// opened now. Ask before a failover shuts anything down.
    package func checkKey(of protection: Protection) throws {
        _ = try opening(of: protection)
    }

    /// A new record of encryption. Raises `replication.version_refused`.
    func encryption(
        under keyID: String, of protection: Protection
    ) throws(Failure) -> EncryptionRecord {
        guard protection.agreement.version > 1 else {
            throw Failure(
                .versionRefused,
                "\(protection.vm) cannot be encrypted: sealed logs need version 2, and site "
                    + "'\(protection.primary.site)' speaks version 1",
                context: ["vm": protection.vm, "source": protection.primary.site])
        }
        return EncryptionRecord(keyID: keyID, sealedSites: [protection.replica.site])
    }

    /// What opens the protection's logs and disks; nil when it is not encrypted. Raises
    /// `replication.key_missing`.
    func opening(of protection: Protection) throws(Failure) -> LogOpening? {
        guard let encryption = protection.agreement.encryption else { return nil }
        let key = try keys.key(encryption.keyID, for: protection.vm)
        return LogOpening(owner: key, disks: DiskCipher(owner: key, vm: protection.vm))
    }

    /// What opens the replica's disks as they stand now; nil when they are open. Raises
    /// `replication.key_missing`.
    func openingOfReplica(_ protection: Protection) throws(Failure) -> DiskCipher? {
        let sealed = protection.agreement.encryption?.sealedSites ?? []
        guard sealed.contains(protection.replica.site) else { return nil }
        return try opening(of: protection)?.disks
    }

    /// The header with a key of its own, and the seal it carries; as it is when not encrypted.
    func sealed(
        _ header: LogHeader, _ protection: Protection
    ) throws(Failure) -> (header: LogHeader, seal: LogSeal?) {
        guard let opening = try opening(of: protection) else { return (header, nil) }
        let made = LogSeal.make(owner: opening.owner, disks: opening.disks)
        var header = header
        header.wrappedKey = made.wrapped
        return (header, made.seal)
    }

    /// Seals the images of one of the two machines, or opens them; as they are when that is so, or
    /// when the protection is not encrypted. The machine is off, and stays so.
    func turn(
        _ protection: Protection, at machine: MachineID, seals: Bool, keepsPoint: Bool = true
    ) async throws -> Protection {
        guard let opening = try opening(of: protection) else { return protection }
        var turned = try await finishTurning(protection)
        guard var encryption = turned.agreement.encryption,
            encryption.sealedSites.contains(machine.site) != seals
        else { return turned }
        let turning = try await imageTurning(turned, machine)
        let stamps = try await blocking { try turning.prepare(opening.disks, seals: seals) }
        encryption.turning = .init(
            site: machine.site, seals: seals, stamps: keepsPoint ? stamps : [])
        turned.agreement.encryption = encryption
        try await ledger.save(turned)
        return try await finishTurning(turned)
    }

    /// Ends what a death interrupted.
    func finishTurning(_ protection: Protection) async throws -> Protection {
        guard var encryption = protection.agreement.encryption, let begun = encryption.turning
        else { return protection }
        let isReplica = begun.site == protection.replica.site
        let machine = isReplica ? protection.replica : protection.primary
        let turning = try await imageTurning(protection, machine)
        try await blocking { try turning.finish() }
        var turned = protection
        if begun.seals {
            encryption.sealedSites.insert(begun.site)
        } else {
            encryption.sealedSites.remove(begun.site)
        }
        encryption.turning = nil
        turned.agreement.encryption = encryption
        if isReplica {
            turned.replicaStamps = begun.stamps
        } else {
            turned.primaryStamps = begun.stamps
        }
        try await ledger.save(turned)
        return turned
    }

    private func imageTurning(
        _ protection: Protection, _ machine: MachineID
    ) async throws -> ImageTurning {
        ImageTurning(
            disks: protection.disks,
            images: try await imagePaths(protection.disks, of: machine), files: files,
            workers: workers)
    }
}
