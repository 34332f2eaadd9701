// Reads an owner's key from its file: 32 bytes as they are, or 64 hexadecimal digits and perhaps an
// end of line. A file that others may read is not read: what it holds is no secret any more.
import Glibc
import Model

package enum KeyFile {
    /// Blocks. Raises `replication.key_exposed`, `replication.key_invalid` and `files.failed`.
    package static func read(_ path: String) throws -> OwnerKey {
        let file = try HostFiles().open(path, .read)
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.keyInvalid, "\(path) is no file with a key", context: ["file": path])
        }
        guard status.st_mode & 0o077 == 0 else {
            throw Failure(
                .keyExposed,
                "others than its owner may read \(path); make a new key, for this one may be known, "
                    + "and give its file the mode 0600",
                context: ["file": path])
        }
        // One byte more than the longest form: a longer file is no key.
        let content = try [UInt8](unsafeUninitializedCapacity: 67) { buffer, used in
            used = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
        }
        guard let bytes = bytes(content) else {
            throw Failure(
                .keyInvalid,
                "\(path) holds no key: write 32 bytes, or 64 hexadecimal digits",
                context: ["file": path])
        }
        return try OwnerKey(bytes: bytes)
    }

    /// Writes a new key to a file of mode 0600 that is not there yet, durably. Blocks.
    ///
    /// Raises `files.failed`, for a file that is there too.
    package static func make(_ path: String) throws -> OwnerKey {
        let key = OwnerKey.random()
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure.ofSystem("make", path) }
        defer { close(descriptor) }
        let text = Array((Hexadecimal.text(key.bytes) + "\n").utf8)
        guard write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0 else {
            throw Failure.ofSystem("write", path)
        }
        let files = HostFiles()
        try files.syncFolder(files.folder(of: path))
        return key
    }

    /// Puts one key file in the place of another, durably. Blocks. Raises `files.failed`.
    package static func replace(_ path: String, by fresh: String) throws {
        let files = HostFiles()
        try files.rename(fresh, to: path)
        try files.syncFolder(files.folder(of: path))
    }

    private static func bytes(_ content: [UInt8]) -> [UInt8]? {
        if content.count == OwnerKey.bytesCount { return content }
        let end = content.lastIndex { $0 != 0x0A && $0 != 0x0D }.map { $0 + 1 } ?? 0
        guard end == 2 * OwnerKey.bytesCount else { return nil }
        return Hexadecimal.bytes(String(decoding: content[..<end], as: UTF8.self))
    }
}

/// Bytes as digits, and back.
enum Hexadecimal {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    /// nil when the text is something else.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count % 2 == 0, !digits.contains(nil) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0]! << 4 | digits[$0 + 1]!)
        }
    }
}
