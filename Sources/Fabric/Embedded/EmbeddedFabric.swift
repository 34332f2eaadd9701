// The fabric of the lab form of deployment: sites are folders, machines are folders, disks are
// ordinary sparse raw files.
//
//     LAB/lab.lock                              one change of a machine, or of the lab, at a time
//     LAB/sites/<site>/site.json                hosts, switches, networks
//     LAB/sites/<site>/partition                there while the site is cut off or lost
//     LAB/sites/<site>/machines/<vm>/machine.json
//     LAB/sites/<site>/machines/<vm>/disk0.raw, disk0.fleece, changes.map
//     LAB/sites/<site>/templates/<template>/template.json, disk0.raw
//
// Every JSON file is replaced whole, so that reading needs no lock. This file: what only reads.
// Machines, power, cards and the lab's own administration are in the extensions.
import Model

/// The fabric of a lab folder. Instances share nothing but the folder: any number, in any process.
package final class EmbeddedFabric: FabricProvider {
    package let folder: String
    let lab: LabFolder

    /// Opens the lab in `folder`; raises `fabric.lab_missing` when there is none.
    package init(folder: String) throws {
        guard Folder.exists("\(folder)/sites") else {
            throw Failure(
                .labMissing, "there is no lab in \(folder); `muster init` makes one",
                context: ["folder": folder])
        }
        self.folder = folder
        lab = LabFolder(path: folder)
    }

    /// Makes an empty lab; succeeds when there is one.
    package static func create(at folder: String) throws -> EmbeddedFabric {
        try Folder.create("\(folder)/sites")
        try Folder.sync(folder)
        return try EmbeddedFabric(folder: folder)
    }

    /// All sites, those that do not answer too: that they exist is known without asking them.
    package func sites() async throws -> [Site] {
        try await reading { lab in try lab.siteNames().map { try lab.site($0) } }
    }

    package func machines(at site: String?) async throws -> [VirtualMachine] {
        try await reading { lab in
            try (site.map { [$0] } ?? lab.siteNames()).flatMap { site in
                _ = try lab.reachableSite(site)
                return try lab.machineNames(site).compactMap { name in
                    try lab.record(ifAny: MachineID(site: site, name: name))?.machine
                }
            }
        }
    }

    package func machine(_ id: MachineID) async throws -> VirtualMachine {
        try await reading { lab in try lab.record(id).machine }
    }

    package func changeSource(of id: MachineID) async throws -> any ChangeSource {
        // Not a change of the lab, but power must not change while the map is brought into accord.
        try await changing(id) { lab in
            let record = try lab.record(id)
            try lab.checkDisks(record)
            return TrackedChanges(try lab.changeMap(record))
        }
    }

    package func imagePath(of disk: String, machine id: MachineID) async throws -> String {
        try await reading { lab in
            let disks = try lab.record(id).images.map(\.name)
            guard disks.contains(disk) else {
                throw Failure(
                    .unknownName,
                    "machine '\(id)' has no disk image '\(disk)'"
                        + Spelling.hint(for: disk, among: disks),
                    context: ["vm": id.name, "site": id.site, "disk": disk])
            }
            return lab.imagePath(id, disk)
        }
    }

    /// The folder of a machine, for `DiskImage`.
    package func folder(of id: MachineID) async throws -> String {
        try await reading { lab in
            _ = try lab.record(id)
            return lab.path(id)
        }
    }

    func reading<Result: Sendable>(
        _ work: @escaping @Sendable (LabFolder) throws -> Result
    ) async throws -> Result {
        try await BlockingThreads.shared.run { [lab] in try work(lab) }
    }

    /// Changes what more than one machine stands on.
    func changing<Result: Sendable>(
        _ work: @escaping @Sendable (LabFolder) throws -> Result
    ) async throws -> Result {
        try await BlockingThreads.shared.run { [lab] in
            try lab.locked { try work(lab) }
        }
    }

    /// Changes one machine that is there: others are changed meanwhile, this one, its namesakes at
    /// other sites and the lab as a whole are not.
    func changing<Result: Sendable>(
        _ id: MachineID, _ work: @escaping @Sendable (LabFolder) throws -> Result
    ) async throws -> Result {
        try await BlockingThreads.shared.run { [lab] in
            try lab.locked(id.name) { try work(lab) }
        }
    }
}
