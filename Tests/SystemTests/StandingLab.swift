// The lab most tests begin with: Oslo with five running machines, all protected and in sync at
// Bergen, and the runbooks of the product. It is made once, by the program itself, and copied for
// each test with the times of its files, by which replication knows its own writes.
import Foundation
import Testing

actor StandingLab {
    static let shared = StandingLab()
    static let machines = ["sql01", "sql02", "vmm01", "wap01", "wap02"]
    private static let tags = [
        "sql01": "database", "sql02": "database", "vmm01": "vmm", "wap01": "portal",
        "wap02": "portal",
    ]

    private var making: Task<URL, any Error>?

    /// The folder of the lab; raises what went wrong when it was made.
    func folder() async throws -> URL {
        let task = making ?? Task { try await Self.make() }
        making = task
        return try await task.value
    }

    private static func make() async throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "muster-standing-\(getpid())", directoryHint: .isDirectory)
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atexit {
            let path = FileManager.default.temporaryDirectory
                .appending(path: "muster-standing-\(getpid())")
            try? FileManager.default.removeItem(at: path)
        }
        let lab = Lab(folder: folder, program: try .muster(in: folder))
        try await lab.found()
        for (index, name) in machines.enumerated() { try await populate(lab, name, index) }
        try await lab.done(
            "run", "enable-dr-add-on", "--param", "subscription=operations", "--param",
            "target=bergen", "--param", "points=1")
        for name in machines { try await lab.done("vm", "start", name) }
        return folder.appending(path: "lab", directoryHint: .isDirectory)
    }

    private static func populate(_ lab: Lab, _ name: String, _ index: Int) async throws {
        let image = try lab.image(
            "\(name).img", bytes: 1 << 20, content: String(repeating: "\(name) ", count: 9000))
        try await lab.done(
            "vm", "import", name, "--site", "oslo", "--disk", image.path, "--nic",
            "tenant=10.0.0.\(11 + index)", "--tag", tags[name] ?? "", "--subscription",
            "operations")
    }
}

extension Lab {
    /// Gives `work` a copy of the standing lab of its own.
    static func standing(_ work: (Lab) async throws -> Void) async throws {
        let origin = try await StandingLab.shared.folder()
        try await scratch { lab in
            let copy = try await Program(path: "/bin/cp", workingFolder: lab.folder)
                .run(["-a", "--reflink=auto", origin.path, lab.path])
            guard copy.status == .code(0) else { throw Complaint("\(copy)") }
            try await work(lab)
        }
    }

    /// Two sites with a host each, a tenant and a storage switch, and the product's runbooks.
    func found() async throws {
        try await done("init", "--sites", "oslo,bergen")
        for site in ["oslo", "bergen"] {
            try await done("site", "host", site, "\(site)-host1")
            try await done("site", "switch", site, "tenant")
            try await done("site", "switch", site, "storage")
        }
        let runbooks = Repository.root.appending(path: "runbooks")
        for name in try FileManager.default.contentsOfDirectory(atPath: runbooks.path) {
            try runbook(name, Data(contentsOf: runbooks.appending(path: name)))
        }
    }

    /// Puts a file into the lab's library.
    func runbook(_ name: String, _ text: Data) throws {
        try text.write(to: URL(filePath: "\(path)/runbooks/\(name)"))
    }

    func runbook(_ name: String, _ text: String) throws { try runbook(name, Data(text.utf8)) }
}

/// Where the sources of the product are.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
