// Power on and off. On: not a replica, its host in service, every image there, the fence; then the
// map knows that the machine runs, then the record says so. Off the other way round is the map
// first too: what is killed in between is mended by whoever opens the map next, with a scan at
// worst.
import Model

extension EmbeddedFabric {
    package func start(_ id: MachineID) async throws {
        try await changing(id) { lab in
            var record = try lab.record(id)
            guard record.machine.power == .off else { return }
            try record.machine.requireNoReplica()
            try lab.site(id.site).requireOpen(record.machine.host)
            try lab.checkDisks(record)
            if record.machine.role == .production {
                try Fencing.check(record.machine, others: try lab.fencingViews(of: id))
            }
            record.machine.power = .running
            record.machine.takeFailoverAddresses()
            _ = try lab.changeMap(record)
            try lab.write(record)
        }
    }

    package func stop(_ id: MachineID) async throws {
        try await changing(id) { lab in
            var record = try lab.record(id)
            guard record.machine.power == .running else { return }
            try lab.changeMap(record).end()
            record.machine.power = .off
            try lab.write(record)
        }
    }
}

extension LabFolder {
    /// Raises `fabric.disk_missing` unless every image is there at its size.
    func checkDisks(_ record: MachineRecord) throws(Failure) {
        let id = record.machine.id
        for disk in record.images {
            let image = imagePath(id, disk.name)
            let size = FileStatus(path: image)?.size
            guard size == disk.size.bytes else {
                let found = size.map { "has \($0) bytes instead of \(disk.size.bytes)" }
                throw Failure(
                    .diskMissing,
                    "\(disk.name) of \(id), \(image), \(found ?? "is missing"); put it back",
                    context: ["vm": id.name, "site": id.site, "disk": disk.name, "path": image])
            }
        }
    }
}

extension VirtualMachine {
    fileprivate func requireNoReplica() throws(Failure) {
        guard role != .replica else {
            throw Failure(
                .machineIsReplica, "\(id) is a replica; fail it over, and it may be started",
                context: ["vm": id.name, "site": id.site])
        }
    }

    /// What the guest does with its cards when it boots.
    fileprivate mutating func takeFailoverAddresses() {
        for index in nics.indices {
            guard let failover = nics[index].failoverAddress else { continue }
            let card = nics[index]
            nics[index].address =
                failover.isEmpty ? card.linkLocalAddress : failover.address ?? card.address
            nics[index].address6 = failover.address6 ?? card.address6
        }
    }
}

extension NetworkCard {
    /// What a guest gives itself when it is told to take an address and gets none: 169.254.1.0 to
    /// 169.254.254.255 (RFC 3927), the same for the same card.
    fileprivate var linkLocalAddress: String {
        let hash = StableHash.fnv1a(mac)
        return "169.254.\(1 + hash % 254).\(hash >> 16 & 255)"
    }
}
