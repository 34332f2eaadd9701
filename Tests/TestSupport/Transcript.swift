// What a run left behind, in a form that two runs can be compared in: the journal, the report, the
// machines and their disks.
import Fabric
import Foundation
import Model
import Orchestration
import Store

package struct Transcript: Equatable, Sendable {
    package var state: RunState
    /// Every entry of every branch, in order.
    package var journal: [String]
    package var report: String
    /// Every machine of every site, as JSON.
    package var machines: [String]
    /// For each disk image, the digest of its bytes.
    package var disks: [String: String]

    package init(of run: RunID, in world: World) async throws {
        let store = try Store(folder: world.folder)
        state = try store.run(run).state
        journal = try store.branches(of: run).flatMap { branch in
            try store.entries(of: run, branch: branch).map {
                Self.withoutCounts(
                    "\($0.place) \($0.kind.rawValue) \($0.primitive) \($0.payload) \($0.at)")
            }
        }
        report = Self.withoutCounts(
            try RunReport(run, store: store, now: world.clock.now).value.canonicalJSON)
        machines = []
        disks = [:]
        let fabric = try world.fabric
        for machine in try await fabric.machines(at: nil) {
            machines.append(MachineView(machine, protection: nil).value.canonicalJSON)
            for disk in machine.disks where disk.kind == .image {
                let path = try await fabric.imagePath(of: disk.name, machine: machine.id)
                let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                disks["\(machine.id)/\(disk.name)"] = bytes.withUnsafeBytes {
                    Digest(of: $0).description
                }
            }
        }
    }

    /// The number of a recovery point counts cuts, and a preparation that died cuts once more.
    private static func withoutCounts(_ text: String) -> String {
        let point = /"kind":"(?<kind>standard|app-consistent)","sequence":[0-9]+/
        return text.replacing(point) { #""kind":"\#($0.kind)""# }
    }

    /// What differs from another transcript, for the failure's message; empty when nothing does.
    package func differences(from other: Transcript) -> [String] {
        var found: [String] = []
        if state != other.state { found.append("state \(state) and \(other.state)") }
        found += lines("journal", journal, other.journal)
        found += lines("machine", machines, other.machines)
        if disks != other.disks { found.append("disks \(disks) and \(other.disks)") }
        if report != other.report { found.append("report\n  \(report)\n  \(other.report)") }
        return found
    }

    private func lines(_ what: String, _ ours: [String], _ theirs: [String]) -> [String] {
        ours.difference(from: theirs).map { change in
            switch change {
            case .insert(_, let line, _): "\(what) only here: \(line)"
            case .remove(_, let line, _): "\(what) only there: \(line)"
            }
        }
    }
}
