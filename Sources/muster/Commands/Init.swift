// `muster init`: a lab in a folder.
import ArgumentParser
import Foundation
import Model
import Orchestration

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes a lab: sites, a store, a folder for runbooks.")

    @OptionGroup var options: LabOptions
    @Option(help: "The sites to make, with commas between.")
    var sites = "oslo,bergen"

    func run() async throws {
        let names = sites.split(separator: ",").map(String.init)
        for name in names { try Name.checked(name, "site") }
        try await Composition.makeLab(in: options.folder, sites: names)
        try makeAuthorsFiles()
        if options.json {
            Terminal.say(json: [
                "lab": .text(options.folder), "sites": .list(names.map { .text($0) }),
            ])
        } else {
            Terminal.say(
                "A lab in \(options.folder) with the sites \(names.joined(separator: ", "))")
        }
    }

    /// The configuration, the runbooks' folder and the editor's settings; what is there stays.
    private func makeAuthorsFiles() throws {
        let manager = FileManager.default
        let folder = options.folder
        try manager.createDirectory(
            atPath: "\(folder)/runbooks", withIntermediateDirectories: true)
        try manager.createDirectory(
            atPath: "\(folder)/stdlib/meta", withIntermediateDirectories: true)
        var files = ["muster.lua": Configuration.initial(for: NSUserName())]
        files[".luarc.json"] = EditorFiles.settings
        files["stdlib/meta/muster.lua"] = EditorFiles.descriptions
        for (name, text) in files.sorted(by: { $0.key < $1.key })
        where !manager.fileExists(atPath: "\(folder)/\(name)") {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
    }
}
