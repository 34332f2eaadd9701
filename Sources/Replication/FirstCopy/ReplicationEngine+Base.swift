// A machine that stands at the replica's site already, restored from a backup perhaps, becomes the
// base of the first copy: its disks are compared, and only differences travel.
import Fabric
import Model

extension ReplicationEngine {
    /// Turns the machine of the replica's name into the replica. Raises `name.unknown` when there
    /// is none and `replication.base_refused` when it does not fit.
    func takeExisting(_ replica: VirtualMachine, _ protection: Protection) async throws {
        let standing = try await fabric.machine(replica.id)
        if let reason = standing.unfitness(as: protection, epoch: replica.epoch) {
            throw Failure(
                .baseRefused,
                "\(standing.id) cannot be the base of \(protection.vm)'s first copy: \(reason)",
                context: ["vm": protection.vm, "site": standing.id.site])
        }
        try await fabric.update(replica.id) { machine in
            machine.role = .replica
            machine.host = replica.host
            machine.processors = replica.processors
            machine.memory = replica.memory
            machine.nics = replica.nics
            machine.epoch = max(machine.epoch, replica.epoch)
        }
    }
}

extension VirtualMachine {
    fileprivate func unfitness(as protection: Protection, epoch primary: Int) -> String? {
        if power != .off { return "it runs; stop it first" }
        if role == .production, epoch > primary {
            return "it was failed over to, and is production under a newer epoch than "
                + "\(protection.primary); protect the machine where it runs"
        }
        if role == .test { return "it is the machine of a test failover; clean that up first" }
        for disk in protection.disks {
            guard let found = disks.first(where: { $0.name == disk.name && $0.kind == .image })
            else { return "it has no image \(disk.name)" }
            if found.size != disk.size {
                return "its \(disk.name) has \(found.size.bytes) bytes instead of "
                    + "\(disk.size.bytes)"
            }
        }
        return nil
    }
}
