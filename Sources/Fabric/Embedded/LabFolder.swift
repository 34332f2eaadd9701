// Paths, records and locks of a lab folder; what they mean is decided in `EmbeddedFabric`. Calls
// block.
import Foundation
import Glibc
import Model

/// A machine as its `machine.json` keeps it.
struct MachineRecord: Sendable, Hashable, Codable {
    var machine: VirtualMachine
    /// The unit of tracked writes.
    var blockBytes = 65_536

    var images: [Disk] { machine.disks.filter { $0.kind == .image } }
}

/// Why a site does not answer. The content of its `partition` file.
enum Partition: String, Sendable, Codable {
    /// Cut off: what ran there runs on.
    case cut
    /// Without power: nothing runs there.
    case lost
}

struct LabFolder: Sendable {
    let path: String
    private let knownRecords = DecodedTexts<Data, MachineRecord>()

    init(path: String) { self.path = path }

    var sitesPath: String { "\(path)/sites" }
    func path(site: String) -> String { "\(sitesPath)/\(site)" }
    func machinesPath(_ site: String) -> String { "\(path(site: site))/machines" }
    func path(_ id: MachineID) -> String { "\(machinesPath(id.site))/\(id.name)" }
    func imagePath(_ id: MachineID, _ disk: String) -> String { "\(path(id))/\(disk).raw" }
    private func partitionPath(_ site: String) -> String { "\(path(site: site))/partition" }

    /// Runs `body` while nobody else, in this process or another, changes anything.
    func locked<Result>(_ body: () throws -> Result) throws -> Result {
        let file = try OpenFile("\(path)/lab.lock", O_RDWR | O_CREAT)
        try file.lock(.exclusive, Self.gate)
        try file.lock(.exclusive, Self.everyName)
        // Closing the file frees the locks; it must not be closed before `body` has ended.
        return try withExtendedLifetime(file) { try body() }
    }

    /// Runs `body` while nobody else changes a machine of the name at any site, or the whole lab:
    /// the fence asks about all namesakes.
    func locked<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
        let file = try OpenFile("\(path)/lab.lock", O_RDWR | O_CREAT)
        // Whoever wants the whole lab keeps the gate, or there would always be one more machine.
        try file.lock(.exclusive, Self.gate)
        file.unlock(Self.gate)
        try file.lock(.exclusive, Self.byte(of: name))
        return try withExtendedLifetime(file) { try body() }
    }

    static let everyName: Range<Int64> = 0..<1 << 32
    static let gate: Range<Int64> = 1 << 32..<1 << 32 + 1

    /// Two names that share a byte wait for each other and come to no harm.
    static func byte(of name: String) -> Range<Int64> {
        let byte = Int64(StableHash.fnv1a(name))
        return byte..<byte + 1
    }
}

extension LabFolder {
    /// A folder without `site.json` is what a crash left of making a site.
    func siteNames() throws(Failure) -> [String] {
        try Folder.names(in: sitesPath).filter { Folder.exists("\(path(site: $0))/site.json") }
    }

    func site(_ name: String) throws -> Site {
        let names = try siteNames()
        guard names.contains(name),
            let site = try JSONFile.read(Site.self, ifAny: "\(path(site: name))/site.json")
        else {
            throw Failure.unknown("site", name, among: names)
        }
        return site
    }

    func write(_ site: Site) throws {
        try JSONFile.write(site, "\(path(site: site.name))/site.json")
    }

    func partition(of site: String) throws -> Partition? {
        try JSONFile.read(Partition.self, ifAny: partitionPath(site))
    }

    func setPartition(_ partition: Partition?, of site: String) throws {
        if let partition { return try JSONFile.write(partition, partitionPath(site)) }
        if unlink(partitionPath(site)) != 0, errno != ENOENT {
            throw Failure.system("delete", partitionPath(site))
        }
        try Folder.sync(path(site: site))
    }

    /// Raises what ``reachableSite(_:)`` raises; what the site is made of is not read.
    func requireAnswer(of name: String) throws {
        let isThere = (try? Name.checked(name, "site")) != nil
        if isThere, Folder.exists("\(path(site: name))/site.json"),
            !Folder.exists(partitionPath(name))
        {
            return
        }
        _ = try reachableSite(name)
    }

    /// The site, if it answers.
    func reachableSite(_ name: String) throws -> Site {
        let site = try site(name)
        guard try partition(of: name) == nil else {
            throw Failure(
                .siteUnreachable,
                "site '\(name)' does not answer; mend the connection and repeat",
                context: ["site": name])
        }
        return site
    }
}

extension LabFolder {
    func machineNames(_ site: String) throws(Failure) -> [String] {
        try Folder.names(in: machinesPath(site))
    }

    /// The record of a machine wherever it is; nil when there is none.
    func record(ifAny id: MachineID) throws -> MachineRecord? {
        // A name of another form cannot be a machine's; taken as a path it would leave the lab.
        guard (try? Name.checked(id.name, "machine")) != nil else { return nil }
        return try JSONFile.read(
            MachineRecord.self, ifAny: "\(path(id))/machine.json", knowing: knownRecords)
    }

    /// The record of a machine of a site that answers.
    func record(_ id: MachineID) throws -> MachineRecord {
        try requireAnswer(of: id.site)
        if let record = try record(ifAny: id) { return record }
        let names = try machineNames(id.site)
        throw Failure(
            .unknownName,
            "there is no machine '\(id.name)' at site '\(id.site)'"
                + Spelling.hint(for: id.name, among: names),
            context: ["vm": id.name, "site": id.site])
    }

    func write(_ record: MachineRecord) throws {
        try JSONFile.write(record, "\(path(record.machine.id))/machine.json")
    }

    func changeMap(_ record: MachineRecord) throws -> ChangeMap {
        let disks = record.images.map {
            ChangeMapLayout.Disk(name: $0.name, size: $0.size.bytes)
        }
        return try ChangeMap.prepare(
            folder: path(record.machine.id),
            layout: ChangeMapLayout(blockBytes: record.blockBytes, disks: disks),
            isRunning: record.machine.power == .running)
    }
}
