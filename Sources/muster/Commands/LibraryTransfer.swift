// `muster library import` and `export`: texts from a folder or a bundle, and versions as a bundle.
import ArgumentParser
import Foundation
import Model
import Orchestration

struct LibraryImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes drafts of a folder's runbooks, or of a bundle's; all of them or none.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The folder, or the bundle's file.") var path: String
    @Option(help: "The tenant they are for; cards may ask for nothing beyond its scope.")
    var scope: String?

    func run() async throws {
        let lab = try await Composition(options)
        let texts = try Self.texts(at: path)
        let made = try await lab.orchestrator.importTexts(
            texts, scope: scope, by: try lab.person(options))
        if options.json {
            return Terminal.say(json: [
                "imported": .list(made.versions.map(\.view)),
                "unchanged": .list(made.unchanged.map { .text($0) }),
            ])
        }
        for version in made.versions {
            Terminal.say("\(version.name): version \(version.number), a draft")
        }
        Terminal.say(
            made.versions.isEmpty
                ? "nothing is new"
                : "muster run NAME --draft tries one, muster library publish "
                    + "puts it in force")
    }

    private static func texts(at path: String) throws -> [String: String] {
        var isFolder = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure(.usage, "there is no folder or bundle \(path)")
        }
        if isFolder.boolValue { return try folder(path) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.libraryUnreadable, "\(path) is there and cannot be read")
        }
        return try Bundle(bytes: Array(data)).texts
    }

    /// The texts of a folder by name, tests left out. A file that is no text is a fault of the
    /// import as any other.
    private static func folder(_ path: String) throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
            .filter { $0.hasSuffix(".lua") && !$0.hasSuffix(".test.lua") }
        guard !names.isEmpty, names.count <= Limits.importedFilesMax else {
            throw Failure(
                .usage,
                "\(path) holds \(names.count) files NAME.lua; an import takes 1 to "
                    + "\(Limits.importedFilesMax)")
        }
        var texts: [String: String] = [:]
        for name in names {
            guard let data = FileManager.default.contents(atPath: "\(path)/\(name)"),
                data.count <= Limits.sourceBytesMax, let text = String(data: data, encoding: .utf8)
            else {
                throw Failure(
                    .importRefused,
                    "nothing was imported: \(path)/\(name) is no text of UTF-8 of at most "
                        + "\(ByteCount(Int64(Limits.sourceBytesMax)))")
            }
            texts[String(name.dropLast(4))] = text
        }
        return texts
    }
}

struct LibraryExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes what is in force into one file.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The file, which must not be there yet.") var file: String
    @Argument(help: "The names; everything.") var names: [String] = []
    @Flag(help: "Drafts, where there are some.") var drafts = false

    func run() async throws {
        let lab = try await Composition(options)
        let bundle = try lab.orchestrator.bundle(names, drafts: drafts)
        do {
            try Data(bundle.bytes).write(to: URL(filePath: file), options: .withoutOverwriting)
        } catch {
            throw Failure(.fileSystem, "cannot write \(file): \(error.localizedDescription)")
        }
        let view: Value = [
            "file": .text(file), "digest": .text("\(bundle.digest)"),
            "files": .integer(Int64(bundle.texts.count)),
        ]
        if options.json { return Terminal.say(json: view) }
        Terminal.say("\(file) holds \(bundle.texts.count) texts, digest \(bundle.digest)")
    }
}
