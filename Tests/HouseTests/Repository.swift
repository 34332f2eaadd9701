// The repository as the rules see it: every text file of ours, read once, found from where this
// file was compiled. Build products, what git ignores and links out of a folder are not ours.
import Foundation
import Testing

/// A text file of the repository.
struct SourceFile: Sendable {
    /// From the root: `Sources/Model/Limits.swift`.
    let path: String
    let text: String
    /// The text with the inside of comments and strings blanked; lines and columns stay.
    let code: String
    /// The text with comments blanked and strings kept.
    let codeWithStrings: String

    init(path: String, text: String) {
        self.path = path
        self.text = text
        let mask = Language(path: path).map { Mask(text, $0) }
        code = mask?.code ?? text
        codeWithStrings = mask?.codeWithStrings ?? text
    }

    var name: String { String(path.split(separator: "/").last ?? "") }
    var folder: String { String(path.dropLast(name.count).dropLast()) }
    var pathExtension: String {
        name.contains(".") ? String(name.split(separator: ".").last ?? "") : ""
    }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var codeLines: [Substring] { code.split(separator: "\n", omittingEmptySubsequences: false) }
    /// Lines as an editor counts them: what follows the last line break is not one when empty.
    var lineCount: Int { lines.count - (text.hasSuffix("\n") ? 1 : 0) }

    /// `path:line: what`, the form in which a rule names an offender.
    func offence(_ line: Int, _ what: String) -> String { "\(path):\(line): \(what)" }
}

enum Repository {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every text file of ours in the order of the paths.
    static let files: [SourceFile] = paths.compactMap { path in
        let data = try? Data(contentsOf: root.appending(path: path))
        return data.flatMap { String(data: $0, encoding: .utf8) }
            .map { SourceFile(path: path, text: $0) }
    }

    static func files(under folder: String, extensions: Set<String>) -> [SourceFile] {
        files.filter { $0.path.hasPrefix(folder + "/") && extensions.contains($0.pathExtension) }
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    /// The names in a folder that are folders themselves.
    static func folders(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: folder).path)
        return (names ?? []).filter { isFolder("\(folder)/\($0)") }.sorted()
    }

    /// The names at the root, whatever git ignores left out.
    static var topLevel: [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.path)
        return (names ?? []).filter { !isIgnored($0) }.sorted()
    }

    private static var paths: [String] {
        topLevel.flatMap { isFolder($0) ? paths(under: $0) : [$0] }.sorted()
    }

    private static func paths(under folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: folder).path)
        return (names ?? []).filter { !isIgnored($0) }.flatMap { name in
            let path = "\(folder)/\(name)"
            if isLink(path) { return [String]() }
            return isFolder(path) ? paths(under: path) : [path]
        }
    }

    private static func isIgnored(_ name: String) -> Bool {
        [".git", "lab", "Package.resolved", ".swiftpm", ".vscode", ".idea"].contains(name)
            || name.hasPrefix(".build")
    }

    private static func isFolder(_ path: String) -> Bool {
        (try? root.appending(path: path).resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory
            ?? false
    }

    private static func isLink(_ path: String) -> Bool {
        (try? root.appending(path: path).resourceValues(forKeys: [.isSymbolicLinkKey]))?
            .isSymbolicLink ?? false
    }
}

/// Fails once, with the rule and every offender on a line of its own.
func hold(
    _ rule: String, _ offences: [String], sourceLocation: SourceLocation = #_sourceLocation
) {
    guard !offences.isEmpty else { return }
    Issue.record(
        "\(rule)\n\(offences.map { "    " + $0 }.joined(separator: "\n"))",
        sourceLocation: sourceLocation)
}
