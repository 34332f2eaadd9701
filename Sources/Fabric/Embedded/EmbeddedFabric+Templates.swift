// Templates come and go. They are laid out as machines are, a folder with a record and raw images:
//
//     LAB/sites/<site>/templates/<template>/template.json
//     LAB/sites/<site>/templates/<template>/disk0.raw
//
// and made as machines are: aside, then renamed into place.
import Glibc
import Model

extension EmbeddedFabric {
    package func templates(at site: String) async throws -> [MachineTemplate] {
        try await reading { lab in
            _ = try lab.reachableSite(site)
            return try lab.templateNames(site).compactMap { try lab.template($0, at: site) }
        }
    }

    /// Keeps a template whose disks hold what `disks` hold, `disk0`, `disk1`, … in their order.
    ///
    /// `template.disks` is ignored. Raises `fabric.disk_refused` for a file that cannot be a disk,
    /// `fabric.template_exists` when the name is taken, and `fabric.switch_missing` for a switch
    /// that no host has. A failure or a crash leaves no part of the template.
    @discardableResult
    package func addTemplate(
        _ template: MachineTemplate, disks: [ImportedDisk]
    ) async throws -> MachineTemplate {
        try Name.checked(template.name, "template")
        var wanted = template
        wanted.disks = try await reading { _ in try disks.named() }
        let kept = wanted
        let staged = try await changing { lab in
            try kept.checkDisks()
            try lab.requireFree(kept)
            try Folder.create(lab.templatesPath(kept.site))
            return try StagedFolder(in: lab.templatesPath(kept.site))
        }
        do {
            try await reading { _ in try disks.copyImages(to: staged.path) }
            try await changing { lab in
                try lab.requireFree(kept)
                try JSONFile.write(kept, "\(staged.path)/template.json")
                try staged.place(at: lab.templatePath(kept.name, at: kept.site))
            }
        } catch {
            staged.discard()
            throw error
        }
        return kept
    }

    /// Removes a template with its disks; machines made from it stay. Succeeds when there is none.
    package func removeTemplate(_ name: String, at site: String) async throws {
        try await changing { lab in
            _ = try lab.reachableSite(site)
            guard try lab.template(name, at: site) != nil else { return }
            try StagedFolder.remove(
                lab.templatePath(name, at: site), in: lab.templatesPath(site))
        }
    }
}

extension LabFolder {
    func templatesPath(_ site: String) -> String { "\(path(site: site))/templates" }
    func templatePath(_ name: String, at site: String) -> String {
        "\(templatesPath(site))/\(name)"
    }

    /// A site that never had a template has no folder for them.
    func templateNames(_ site: String) throws(Failure) -> [String] {
        let folder = templatesPath(site)
        return Folder.exists(folder) ? try Folder.names(in: folder) : []
    }

    func template(_ name: String, at site: String) throws -> MachineTemplate? {
        // A name of another form cannot be a template's; taken as a path it would leave the lab.
        guard (try? Name.checked(name, "template")) != nil else { return nil }
        return try JSONFile.read(
            MachineTemplate.self, ifAny: "\(templatePath(name, at: site))/template.json")
    }

    fileprivate func requireFree(_ template: MachineTemplate) throws {
        let site = try reachableSite(template.site)
        for name in template.switches {
            let names = Set(site.hosts.flatMap(\.switches).map(\.name))
            guard names.contains(name) else {
                throw Failure(
                    .switchMissing,
                    "no host of site '\(site.name)' has a switch '\(name)'"
                        + Spelling.hint(for: name, among: names),
                    context: ["site": site.name, "switch": name])
            }
        }
        guard try self.template(template.name, at: template.site) == nil else {
            throw Failure(
                .templateExists,
                "site '\(template.site)' keeps a template '\(template.name)' already; choose "
                    + "another name, or `muster template remove \(template.name)`",
                context: ["site": template.site, "template": template.name])
        }
    }
}

extension MachineTemplate {
    fileprivate func checkDisks() throws(Failure) {
        for disk in disks {
            guard disk.kind == .image, disk.size.bytes > 0, disk.size.bytes % 512 == 0 else {
                throw Failure(
                    .diskRefused,
                    "\(disk.name) of the template '\(name)' cannot be a \(disk.kind.rawValue) disk "
                        + "of \(disk.size.bytes) bytes: use an image of whole sectors of 512 bytes",
                    context: ["template": name, "disk": disk.name])
            }
        }
    }
}
