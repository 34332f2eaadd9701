// Folders, and files that are replaced whole: written beside, synced, renamed, and the folder
// synced.
import FoundationEssentials
import Glibc
import Model

enum Folder {
    /// Makes the folder, its parents too; succeeds when it is there.
    static func create(_ path: String) throws(Failure) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw .system("make the folder", path)
        }
        try create(String(path[..<slash]))
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw .system("make the folder", path) }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The names in the folder in their order, without those that begin with a dot.
    static func names(in path: String) throws(Failure) -> [String] {
        try everyName(in: path).filter { !$0.hasPrefix(".") }
    }

    static func everyName(in path: String) throws(Failure) -> [String] {
        guard let folder = opendir(path) else { throw .system("list", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func rename(_ source: String, to target: String) throws(Failure) {
        if Glibc.rename(source, target) != 0 { throw .system("rename to \(target)", source) }
    }

    static func sync(_ path: String) throws(Failure) {
        try OpenFile(path, O_RDONLY | O_DIRECTORY).sync()
    }

    /// Deletes the folder and the files in it; folders within it are not expected.
    static func remove(_ path: String) throws(Failure) {
        for name in try everyName(in: path) where unlink("\(path)/\(name)") != 0 {
            throw .system("delete", "\(path)/\(name)")
        }
        if rmdir(path) != 0 { throw .system("delete", path) }
    }
}

enum JSONFile {
    /// The file's content; nil when there is no file.
    static func read<Content: Decodable>(
        _ type: Content.Type, ifAny path: String
    ) throws -> Content? {
        try bytes(ifAny: path).map { try decode(type, $0, path) }
    }

    /// The same, where the file may be what it was when it was last read.
    static func read<Content: Decodable>(
        _ type: Content.Type, ifAny path: String, knowing known: DecodedTexts<Data, Content>
    ) throws -> Content? {
        try bytes(ifAny: path).map { bytes in
            try known.content(of: bytes, under: path) { try decode(type, bytes, path) }
        }
    }

    private static func bytes(ifAny path: String) throws -> Data? {
        guard let file = try OpenFile.existing(path, O_RDONLY) else { return nil }
        var bytes = Data(count: Int(try file.status().size))
        try bytes.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
        return bytes
    }

    private static func decode<Content: Decodable>(
        _ type: Content.Type, _ bytes: Data, _ path: String
    ) throws -> Content {
        do {
            return try JSONDecoder().decode(type, from: bytes)
        } catch {
            throw Failure(
                .fileSystem,
                "\(path) is damaged: it does not read as \(type); put it back from a backup",
                context: ["path": path], cause: Failure(error, as: .fileSystem))
        }
    }

    /// Replaces the file whole. A crash leaves the old content or the new.
    static func write(_ content: some Encodable, _ path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = try encoder.encode(content)
        let part = "\(path).part"
        let file = try OpenFile(part, O_WRONLY | O_CREAT | O_TRUNC)
        try bytes.withUnsafeBytes { try file.write(at: 0, $0) }
        try file.sync()
        try Folder.rename(part, to: path)
        try Folder.sync(String(path[..<path.lastIndex(of: "/")!]))
    }
}
