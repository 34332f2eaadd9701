// Anybody's raw images become a machine: all of it, or nothing.
import Model

/// A disk that an import brings along.
package enum ImportedDisk: Sendable, Hashable {
    /// A raw image, copied sparsely.
    case image(path: String)
    /// A disk no image stands for; recorded, so that protection can refuse it by name.
    case declared(Disk.Kind, size: ByteCount)
}

extension EmbeddedFabric {
    /// Makes a turned-off production machine of raw images, named `disk0`, `disk1`, … in their order.
    ///
    /// `machine.disks` is ignored. Raises `fabric.disk_refused` for a file that is missing, empty, not
    /// regular, or not whole sectors; `fabric.machine_exists` when the name is taken. A failure or a
    /// crash leaves no part of the machine. `blockBytes` is the unit of tracked writes, 4 to 64 KiB.
    @discardableResult
    package func importMachine(
        _ machine: VirtualMachine, disks: [ImportedDisk], blockBytes: Int = 65_536
    ) async throws -> VirtualMachine { fatalError() }
}
