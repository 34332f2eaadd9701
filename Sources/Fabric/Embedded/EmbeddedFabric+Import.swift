// Anybody's raw images become a machine: all of it, or nothing.
import Glibc
import Model

/// A disk that an import brings along.
package enum ImportedDisk: Sendable, Hashable {
    /// A raw image, copied sparsely.
    case image(path: String)
    /// All zeros at first.
    case empty(size: ByteCount)
    /// A disk no image stands for; recorded, so that protection can refuse it by name.
    case declared(Disk.Kind, size: ByteCount)
}

extension EmbeddedFabric {
    /// Makes a turned-off machine of raw images, named `disk0`, `disk1`, … in their order.
    ///
    /// `machine.disks` is ignored. Raises `fabric.disk_refused` for a file that is missing, empty,
    /// not regular, or not whole sectors; `fabric.machine_exists` when the name is taken. A failure
    /// or a crash leaves no part of the machine. `blockBytes` is the unit of tracked writes, 4 to
    /// 64 KiB.
    @discardableResult
    package func importMachine(
        _ machine: VirtualMachine, disks: [ImportedDisk], blockBytes: Int = 65_536
    ) async throws -> VirtualMachine {
        var wanted = MachineRecord(machine: machine, blockBytes: blockBytes)
        wanted.machine.disks = try await reading { _ in try disks.named() }
        let record = wanted
        // The copy takes its time and the lab goes on meanwhile: only beginning and end are locked.
        let (checked, staged) = try await changing { lab in
            let checked = try lab.newRecord(record)
            try lab.requireFree(machine.id)
            return (checked, try StagedFolder(in: lab.machinesPath(machine.id.site)))
        }
        do {
            try await reading { _ in try disks.copyImages(to: staged.path) }
            try await changing { lab in
                _ = try lab.reachableSite(machine.id.site)
                try lab.requireFree(machine.id)
                try lab.place(checked, from: staged)
            }
        } catch {
            // Now, and not when the last thread that saw it lets go: the caller may look.
            staged.discard()
            throw error
        }
        return checked.machine
    }
}

extension LabFolder {
    func requireFree(_ id: MachineID) throws {
        if try record(ifAny: id) != nil { throw Failure.machineExists(id) }
    }
}

extension [ImportedDisk] {
    /// The disks they become; raises for a file that cannot be one.
    func named() throws(Failure) -> [Disk] {
        var disks: [Disk] = []
        for (index, disk) in enumerated() { disks.append(try disk.disk(named: "disk\(index)")) }
        return disks
    }

    func copyImages(to folder: String) throws {
        for (index, disk) in enumerated() {
            let path = "\(folder)/disk\(index).raw"
            switch disk {
            case .image(let source):
                let image = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL)
                try SparseCopy.copy(try OpenFile(source, O_RDONLY), to: image)
                try image.sync()
            case .empty(let size):
                let image = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL)
                try image.resize(to: size.bytes)
                try image.sync()
            case .declared: continue
            }
        }
    }
}

extension ImportedDisk {
    /// The disk it becomes; raises for a file that cannot be one.
    fileprivate func disk(named name: String) throws(Failure) -> Disk {
        switch self {
        case .empty(let size): return Disk(name: name, size: size)
        case .declared(let kind, let size): return Disk(name: name, kind: kind, size: size)
        case .image(let path):
            guard let status = FileStatus(path: path) else { throw refusal(path, "is missing") }
            guard status.isRegular else { throw refusal(path, "is no regular file") }
            guard status.size > 0 else { throw refusal(path, "is empty") }
            guard status.size % 512 == 0 else {
                throw refusal(path, "has \(status.size) bytes, no whole number of 512-byte sectors")
            }
            return Disk(name: name, size: ByteCount(status.size))
        }
    }

    private func refusal(_ path: String, _ reason: String) -> Failure {
        Failure(
            .diskRefused, "\(path) cannot become a disk: it \(reason); give a raw disk image",
            context: ["path": path, "reason": reason])
    }
}
