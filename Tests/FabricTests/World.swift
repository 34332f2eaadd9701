// A lab of two sites in a temporary folder, and the verbs that scenes are written in.
import Foundation
import Model
import Testing

@testable import Fabric

/// A lab that is deleted with its last holder.
final class World: Sendable {
    let folder: String
    let fabric: EmbeddedFabric
    static let oslo = MachineID(site: "oslo", name: "web")
    static let bergen = MachineID(site: "bergen", name: "web")

    init() async throws {
        folder = "\(NSTemporaryDirectory())/muster-fabric-\(UUID().uuidString)"
        fabric = try EmbeddedFabric.create(at: "\(folder)/lab")
        for site in ["bergen", "oslo"] {
            try await fabric.createSite(site)
            try await fabric.addHost("\(site)-1", at: site)
            try await fabric.addNetwork(Network(name: "tenants"), at: site)
            try await fabric.addSwitch(
                Switch(name: "tenant", network: "tenants"), host: nil, at: site)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A machine of one card and two small disks, the second of which ends within a block.
    static func machine(
        _ id: MachineID = oslo, role: MachineRole = .production,
        sizes: [Int] = [1 << 20, 150 * 512]
    ) -> VirtualMachine {
        VirtualMachine(
            id: id, host: "\(id.site)-1",
            disks: sizes.enumerated().map { Disk(name: "disk\($0)", size: ByteCount($1)) },
            nics: [NetworkCard(name: "nic0", mac: "52:54:00:00:00:01", switchName: "tenant")],
            role: role)
    }

    @discardableResult
    func define(
        _ id: MachineID = oslo, role: MachineRole = .production, isRunning: Bool = false
    ) async throws -> MachineID {
        try await fabric.define(Self.machine(id, role: role))
        if isRunning { try await fabric.start(id) }
        return id
    }

    func guest(_ id: MachineID = oslo, _ disk: String = "disk0") async throws -> DiskImage {
        try DiskImage(folder: try await fabric.folder(of: id), disk: disk)
    }

    func write(
        _ byte: UInt8, _ count: Int = 512, at offset: Int64, _ disk: String = "disk0",
        of id: MachineID = oslo
    ) async throws {
        let bytes = [UInt8](repeating: byte, count: count)
        let guest = try await guest(id, disk)
        try bytes.withUnsafeBytes { try guest.write(at: offset, $0) }
    }

    func changes(_ id: MachineID = oslo) async throws -> any ChangeSource {
        try await fabric.changeSource(of: id)
    }

    /// A file with these bytes, outside the lab.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    func imageBytes(_ disk: String = "disk0", of id: MachineID = oslo) async throws -> [UInt8] {
        let path = try await fabric.imagePath(of: disk, machine: id)
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

extension CutDisk {
    /// The bytes of the extents, read as they stood at the cut.
    func bytes(_ offset: Int64, _ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: count)
        try bytes.withUnsafeMutableBytes { try read(offset, $0) }
        return bytes
    }

    /// Overwrites `image` with what the cut holds, as a replica would.
    func apply(to image: inout [UInt8], blockBytes: Int) throws {
        for extent in extents {
            let start = extent.lowerBound * blockBytes
            let end = min(extent.upperBound * blockBytes, Int(size.bytes))
            image.replaceSubrange(start..<end, with: try bytes(Int64(start), end - start))
        }
    }
}

/// The code of the failure that `work` ends with; nil when it succeeds.
func code(_ work: () async throws -> Void) async -> Failure.Code? {
    do {
        try await work()
        return nil
    } catch {
        return (error as? Failure)?.code
    }
}
