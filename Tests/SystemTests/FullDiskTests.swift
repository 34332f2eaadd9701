// A full disk, on a small file system of its own: logging, applying and journaling say so, nothing
// is lost, and after there is space again everything goes on.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)), .enabled(if: SmallDisk.isPossible, "mounting needs root"))
struct FullDiskTests {
    @Test func `a cycle on a full disk says so, and the next one sends everything`() async throws {
        try await SmallDisk.lab { lab, ballast in
            let changed = try lab.changed(1)
            try await lab.done("vm", "write", "web", "--from", changed.path)
            // From no room at all to enough: somewhere between, each part runs out of it.
            for free in stride(from: 0, to: 600, by: 150) {
                try ballast.fill(leaving: free << 10)
                let cycle = try await lab.muster("sync", "web")
                if cycle.status == .code(0) { continue }
                #expect(cycle.status == .code(1), "\(cycle)")
                #expect(
                    cycle.errors.contains("store.full") || cycle.errors.contains("files.full")
                        || cycle.errors.contains("No space left"), "\(free) KiB free: \(cycle)")
            }
            try ballast.remove()
            try await lab.done("sync", "web")
            let disk = try await lab.disk(of: "oslo/web")
            #expect(try await lab.disk(of: "bergen/web") == disk)
            #expect(try Data(contentsOf: changed) == disk)
        }
    }

    @Test func `a run on a full disk stops, and goes on when there is space`() async throws {
        try await SmallDisk.lab { lab, ballast in
            try lab.runbook(
                "busy.lua",
                """
                return runbook { summary = "Writes much", run = function()
                  for round = 1, 60 do
                    job.note(("round %d "):format(round) .. ("x"):rep(8000))
                    fabric.start "web"
                  end
                  return "done"
                end }
                """)
            try ballast.fill(leaving: 100 << 10)
            let run = try await lab.muster("run", "busy")
            #expect(run.status == .code(1), "\(run)")
            #expect(run.errors.contains("[store.full]"), "\(run)")
            try ballast.remove()
            let isWritten = try await lab.json("runs").list.count == 1
            try await lab.expect(0, isWritten ? "resume" : "run", isWritten ? "1" : "busy")
            let report = try await lab.json("report", "1")
            #expect(report["run"]["state"] == "completed")
            #expect(report["notes"].list.count == 60)
            #expect(report["acts"].list.count == 60)
        }
    }
}

/// A file system of a few mebibytes in memory, with a lab on it.
private enum SmallDisk {
    static let mebibytes = 8

    static var isPossible: Bool {
        guard geteuid() == 0 else { return false }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "muster-mount-\(UUID().uuidString)")
        guard
            (try? FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)) != nil
        else { return false }
        defer { try? FileManager.default.removeItem(at: folder) }
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=1m") == 0 else { return false }
        umount2(folder.path, Int32(MNT_DETACH))
        return true
    }

    static func lab(_ work: (Lab, Ballast) async throws -> Void) async throws {
        try await Lab.scratch { lab in
            try FileManager.default.createDirectory(
                atPath: lab.path, withIntermediateDirectories: true)
            guard mount("tmpfs", lab.path, "tmpfs", 0, "size=\(mebibytes)m") == 0 else {
                throw Complaint("\(lab.path) cannot be a file system: error \(errno).")
            }
            defer { umount2(lab.path, Int32(MNT_DETACH)) }
            try await lab.makePair()
            try await work(lab, Ballast(folder: lab.path))
        }
    }
}

/// A file that takes the space. No program that another test starts meanwhile may inherit it open,
/// or its space would outlive it; hence the system's own calls.
private struct Ballast {
    let folder: String

    /// Grows or shrinks until that many bytes are free.
    func fill(leaving free: Int) throws {
        try remove()
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { throw Complaint("statvfs: error \(errno).") }
        try take(Int(status.f_bavail) * Int(status.f_frsize) - free)
    }

    func remove() throws { try take(0) }

    private func take(_ bytes: Int) throws {
        let file = open("\(folder)/ballast", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        defer { close(file) }
        guard ftruncate(file, 0) == 0, bytes <= 0 || posix_fallocate(file, 0, bytes) == 0 else {
            throw Complaint("\(bytes) bytes cannot be taken in \(folder).")
        }
    }
}
