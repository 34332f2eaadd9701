// A machine is made from a template: a host is found, the template's images are copied aside, and
// the machine is placed whole, bearing the operation that made it, by which that one finds it
// again.
import Glibc
import Model

extension EmbeddedFabric {
    @discardableResult
    package func deploy(_ deployment: Deployment) async throws -> VirtualMachine {
        // As with an import, only beginning and end are locked: the copy takes its time.
        switch try await changing({ lab in try lab.begin(deployment) }) {
        case .made(let machine): return machine
        case .begun(let record, let images, let staged):
            do {
                try await reading { _ in try images.copy(to: staged.path) }
                return try await changing { lab in
                    if let own = try lab.made(by: deployment) { return own }
                    try lab.requireRoom(for: record.machine)
                    try lab.place(record, from: staged)
                    return record.machine
                }
            } catch {
                staged.discard()
                throw error
            }
        }
    }
}

private enum DeploymentBeginning: Sendable {
    case made(VirtualMachine)
    case begun(MachineRecord, [TemplateImage], StagedFolder)
}

/// An image of a template, held open: the template may be removed while it is copied.
private struct TemplateImage: Sendable {
    let name: String
    let file: OpenFile
}

extension [TemplateImage] {
    fileprivate func copy(to folder: String) throws {
        for image in self {
            let target = try OpenFile("\(folder)/\(image.name).raw", O_RDWR | O_CREAT | O_EXCL)
            try SparseCopy.copy(image.file, to: target)
            try target.sync()
        }
    }
}

extension LabFolder {
    fileprivate func begin(_ deployment: Deployment) throws -> DeploymentBeginning {
        if let machine = try made(by: deployment) { return .made(machine) }
        let site = try reachableSite(deployment.machine.site)
        guard let template = try template(deployment.template, at: site.name) else {
            throw Failure.noTemplate(
                deployment.template, at: site.name, among: try templateNames(site.name))
        }
        var machine = template.machine(for: deployment)
        machine.host = try host(for: machine, at: site, wanted: deployment.host)
        let record = try newRecord(MachineRecord(machine: machine))
        let folder = templatePath(template.name, at: site.name)
        let images = try record.images.map { disk in
            TemplateImage(
                name: disk.name, file: try OpenFile("\(folder)/\(disk.name).raw", O_RDONLY))
        }
        return .begun(record, images, try StagedFolder(in: machinesPath(site.name)))
    }

    /// What the deployment has made already; raises `fabric.machine_exists` when another machine
    /// has its name.
    fileprivate func made(by deployment: Deployment) throws -> VirtualMachine? {
        guard let standing = try record(ifAny: deployment.machine)?.machine else { return nil }
        guard standing.deployedBy == deployment.operation else {
            throw Failure.machineExists(deployment.machine)
        }
        return standing
    }

    /// The wanted host, or the first in service that has the switches and the room.
    private func host(
        for machine: VirtualMachine, at site: Site, wanted: String?
    ) throws -> String {
        if let wanted {
            var placed = machine
            placed.host = wanted
            try placed.checkPlace(in: site)
            try requireRoom(for: placed)
            return wanted
        }
        let fitting = site.hosts.filter { host in
            machine.nics.allSatisfy { card in
                host.switches.contains { $0.name == card.switchName }
            }
        }
        let open = fitting.filter { $0.maintenance == nil }
        if open.isEmpty, let first = fitting.first { try site.requireOpen(first.name) }
        if fitting.isEmpty, let first = site.hosts.first {
            for card in machine.nics {
                if let name = card.switchName { try first.requireSwitch(name, at: site.name) }
            }
        }
        let rooms = try open.map { (host: $0, free: try free(on: $0, at: site.name)) }
        guard let found = rooms.first(where: { $0.free.map { $0 >= machine.memory } ?? true })
        else {
            throw Failure.noRoom(
                for: machine, rooms.map { ($0.host, $0.free ?? ByteCount(0)) })
        }
        return found.host.name
    }

    fileprivate func requireRoom(for machine: VirtualMachine) throws {
        let site = try reachableSite(machine.id.site)
        guard let host = site.hosts.first(where: { $0.name == machine.host }),
            let free = try free(on: host, at: site.name), free < machine.memory
        else { return }
        throw Failure.noRoom(for: machine, [(host, free)])
    }

    /// nil when nobody has said how much the host has: then no machine has to be read.
    private func free(on host: Host, at site: String) throws -> ByteCount? {
        guard host.memory != nil else { return nil }
        return host.freeMemory(
            beside: try machineNames(site).compactMap { name in
                try record(ifAny: MachineID(site: site, name: name))?.machine
            })
    }
}

extension Failure {
    fileprivate static func noRoom(
        for machine: VirtualMachine, _ rooms: [(host: Host, free: ByteCount)]
    ) -> Failure {
        let free = rooms.map { "\($0.host.name) has \($0.free) free" }
        return Failure(
            .capacityMissing,
            "site '\(machine.id.site)' has no host with \(machine.memory) of memory for "
                + "'\(machine.id.name)': "
                + (free.isEmpty ? "it has no host" : free.joined(separator: ", ")),
            context: ["vm": machine.id.name, "site": machine.id.site])
    }
}
