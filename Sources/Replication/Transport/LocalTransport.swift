// The transport between two sites of one lab: a log gets a second name in the replica's inbox, or
// is copied when the sites stand on different devices.
import Model

package struct LocalTransport: Transport {
    private let layout: LabLayout
    private let files: any FileSystem

    package init(layout: LabLayout, files: any FileSystem) {
        self.layout = layout
        self.files = files
    }

    package var reachesImages: Bool { true }

    package func deliver(
        _ log: String, named name: LogName, of vm: String, to site: String
    ) throws {
        let folder = layout.folder(of: vm, at: site)
        try files.makeFolder(folder.inbox)
        let target = folder.receivedLog(name)
        if try files.stamp(target) != nil { return try files.syncFolder(folder.inbox) }
        try files.link(log, to: target + ".part")
        try files.rename(target + ".part", to: target)
        try files.syncFolder(folder.inbox)
    }
}
