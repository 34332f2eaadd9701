// Machines come, change and go.
import Glibc
import Model

extension EmbeddedFabric {
    package func define(_ machine: VirtualMachine) async throws {
        try await changing { lab in
            let record = try lab.newRecord(MachineRecord(machine: machine))
            if let standing = try lab.record(ifAny: machine.id) {
                guard standing.machine.hasShape(of: machine) else {
                    throw Failure.machineExists(machine.id)
                }
                return
            }
            let staged = try StagedFolder(in: lab.machinesPath(machine.id.site))
            for disk in record.images {
                let image = try OpenFile("\(staged.path)/\(disk.name).raw", O_RDWR | O_CREAT)
                try image.resize(to: disk.size.bytes)
                try image.sync()
            }
            try lab.place(record, from: staged)
        }
    }

    package func remove(_ id: MachineID) async throws {
        try await changing { lab in
            _ = try lab.reachableSite(id.site)
            guard let record = try lab.record(ifAny: id) else { return }
            try record.machine.requireOff("remove")
            try StagedFolder.remove(lab.path(id), in: lab.machinesPath(id.site))
        }
    }

    package func update(
        _ id: MachineID, _ change: @Sendable (inout VirtualMachine) throws -> Void
    ) async throws {
        // The change is a caller's and stays on the caller's thread; what it made of the machine is
        // taken if nobody changed the machine meanwhile.
        var isDone = false
        while !isDone {
            let before = try await machine(id)
            var after = before
            try change(&after)
            isDone = try await replace(before, with: after)
        }
    }

    package func move(_ id: MachineID, to host: String) async throws {
        try await changing(id) { lab in
            var record = try lab.record(id)
            guard record.machine.host != host else { return }
            record.machine.host = host
            let site = try lab.reachableSite(id.site)
            try record.machine.checkPlace(in: site)
            try site.requireOpen(host)
            try lab.write(record)
        }
    }

    /// Returns false when the machine is no longer what it was `before`.
    private func replace(
        _ before: VirtualMachine, with after: VirtualMachine
    ) async throws -> Bool {
        try await changing(before.id) { lab in
            var record = try lab.record(before.id)
            guard record.machine == before else { return false }
            guard after != before else { return true }
            try before.checkUpdate(to: after)
            let site = try lab.site(before.id.site)
            try after.checkPlace(in: site)
            if after.host != before.host { try site.requireOpen(after.host) }
            if before.role == .replica, after.role == .production {
                // From here the record is of what the new primary writes; what lies in the images
                // is what the old one has sent.
                try lab.changeMap(record).restart()
            }
            record.machine = after
            try lab.shapeImages(record)
            try lab.write(record)
            return true
        }
    }
}

extension LabFolder {
    /// A record fit to be a machine of its site: names, sizes, host and switches are checked.
    func newRecord(_ record: MachineRecord) throws -> MachineRecord {
        let machine = record.machine
        try Name.checked(machine.id.name, "machine")
        for disk in machine.disks {
            try Name.checked(disk.name, "disk")
            guard disk.kind != .image || disk.size.bytes > 0, disk.size.bytes % 512 == 0 else {
                throw Failure(
                    .diskRefused,
                    "\(disk.size.bytes) bytes cannot be the size of \(machine.id)'s \(disk.name): "
                        + "use whole sectors of 512 bytes",
                    context: ["vm": machine.id.name, "disk": disk.name])
            }
        }
        let site = try reachableSite(machine.id.site)
        try machine.checkPlace(in: site)
        try site.requireOpen(machine.host)
        var record = record
        record.machine.power = .off
        return record
    }

    /// Makes new images and lets others grow, durably, before the record says so: one that died in
    /// between is finished by asking again. The change map is made anew by whoever opens it next,
    /// for its layout is another one.
    func shapeImages(_ record: MachineRecord) throws {
        for disk in record.images {
            let path = imagePath(record.machine.id, disk.name)
            guard FileStatus(path: path)?.size ?? 0 < disk.size.bytes else { continue }
            let image = try OpenFile(path, O_RDWR | O_CREAT)
            try image.resize(to: disk.size.bytes)
            try image.sync()
        }
    }

    /// Makes the staged folder the machine's, with its map and its record.
    func place(_ record: MachineRecord, from staged: StagedFolder) throws {
        let disks = record.images.map { ChangeMapLayout.Disk(name: $0.name, size: $0.size.bytes) }
        _ = try ChangeMap.prepare(
            folder: staged.path,
            layout: ChangeMapLayout(blockBytes: record.blockBytes, disks: disks), isRunning: false)
        try JSONFile.write(record, "\(staged.path)/machine.json")
        try staged.place(at: path(record.machine.id))
    }
}

extension VirtualMachine {
    /// Whether this machine could have been made by defining `other`.
    fileprivate func hasShape(of other: VirtualMachine) -> Bool {
        role == other.role && processors == other.processors && memory == other.memory
            && disks == other.disks && nics.map(\.name) == other.nics.map(\.name)
            && nics.map(\.mac) == other.nics.map(\.mac)
    }

    func requireOff(_ act: String) throws(Failure) {
        guard power == .off else {
            throw Failure(
                .machineRunning, "cannot \(act) \(id): it runs; stop it first",
                context: ["vm": id.name, "site": id.site])
        }
    }

    fileprivate func checkUpdate(to after: VirtualMachine) throws(Failure) {
        guard after.id == id, keepsDisks(in: after), after.power == power else {
            throw Failure(
                .updateRefused,
                "an update of \(id) cannot change its name or power, nor take or shrink its disks; "
                    + "use start and stop",
                context: ["vm": id.name, "site": id.site])
        }
        guard after.epoch >= epoch else {
            throw Failure(
                .epochOutdated, "the epoch of \(id) is \(epoch) and cannot fall to \(after.epoch)",
                context: ["vm": id.name, "site": id.site, "epoch": "\(epoch)"])
        }
        if after.role != role || after.host != host || after.processors != processors
            || after.memory != memory || after.disks != disks
        {
            try requireOff("change role, host, processors, memory or disks of")
        }
    }

    /// Every disk is there still, no smaller than it was, and new ones follow.
    private func keepsDisks(in after: VirtualMachine) -> Bool {
        after.disks.count >= disks.count
            && zip(disks, after.disks).allSatisfy { old, new in
                old.name == new.name && old.kind == new.kind && old.size <= new.size
            }
            && Set(after.disks.map(\.name)).count == after.disks.count
            && after.disks.allSatisfy { disk in
                (try? Name.checked(disk.name, "disk")) != nil
                    && disk.size.bytes % 512 == 0 && disk.size.bytes > 0
            }
    }

    /// Whether the site has the host, and the host the switches.
    func checkPlace(in site: Site) throws(Failure) {
        guard let host = site.hosts.first(where: { $0.name == host }) else {
            throw Failure(
                .unknownName,
                "site '\(site.name)' has no host '\(host)'"
                    + Spelling.hint(for: host, among: site.hosts.map(\.name)),
                context: ["site": site.name, "host": host])
        }
        for nic in nics {
            if let name = nic.switchName { try host.requireSwitch(name, at: site.name) }
        }
    }
}

extension Host {
    func requireSwitch(_ wanted: String, at site: String) throws(Failure) {
        guard switches.contains(where: { $0.name == wanted }) else {
            throw Failure(
                .switchMissing,
                "host '\(name)' of site '\(site)' has no switch '\(wanted)'"
                    + Spelling.hint(for: wanted, among: switches.map(\.name)),
                context: ["host": name, "site": site, "switch": wanted])
        }
    }
}

extension Failure {
    static func machineExists(_ id: MachineID) -> Failure {
        Failure(
            .machineExists,
            "there is another machine '\(id.name)' at site '\(id.site)'; choose another name or "
                + "remove that one",
            context: ["vm": id.name, "site": id.site])
    }
}
