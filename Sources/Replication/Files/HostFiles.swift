// The operating system's files behind the seam.
import Glibc
import Model
import SystemLinux

package struct HostFiles: FileSystem {
    package init() {}

    package func open(_ path: String, _ mode: OpenMode) throws -> any DurableFile {
        try HostFile(path, mode)
    }

    package func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw Failure.ofSystem("list", folder)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package func makeFolder(_ path: String) throws {
        if try stamp(path) != nil { return }
        let parent = folder(of: path)
        if !parent.isEmpty { try makeFolder(parent) }
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw Failure.ofSystem("make", path) }
        if !parent.isEmpty { try syncFolder(parent) }
    }

    package func link(_ source: String, to target: String) throws {
        try remove(target)
        if Glibc.link(source, target) == 0 { return }
        guard errno == EXDEV || errno == EPERM || errno == EMLINK else {
            throw Failure.ofSystem("link", target)
        }
        try copy(source, to: target)
    }

    private func copy(_ source: String, to target: String) throws {
        let (input, output) = (try HostFile(source, .read), try HostFile(target, .create))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while case let count = try input.read(into: buffer, at: offset), count > 0 {
            try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: offset)
            offset += Int64(count)
        }
        try output.sync()
    }

    package func clone(_ source: String, to target: String) throws -> Bool {
        let (input, output) = (try HostFile(source, .read), try HostFile(target, .write))
        return try output.clone(input)
    }

    package func rename(_ source: String, to target: String) throws {
        if Glibc.rename(source, target) != 0 { throw Failure.ofSystem("rename", source) }
    }

    package func remove(_ path: String) throws {
        if unlink(path) != 0, errno != ENOENT { throw Failure.ofSystem("remove", path) }
    }

    package func syncFolder(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure.ofSystem("open", path) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw Failure.ofSystem("sync", path) }
    }

    package func stamp(_ path: String) throws -> ImageStamp? {
        var status = Glibc.stat()
        if lstat(path, &status) != 0 {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Failure.ofSystem("look at", path)
        }
        let time = status.st_mtim
        return ImageStamp(
            size: Int64(status.st_size),
            modifiedNanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[..<slash])
    }
}

extension Failure {
    /// What the operating system said, from `errno`; read before anything else can change it.
    static func ofSystem(_ act: String, _ path: String, number: Int32 = errno) -> Failure {
        let reason = String(cString: strerror(number))
        let advice = number == ENOSPC ? "; free space and go on" : ""
        return Failure(
            .fileSystem, "cannot \(act) \(path): \(reason)\(advice)",
            context: ["path": path, "reason": reason])
    }
}
