// What the disks of the benchmarks hold: bytes that compress as a database's do, in images with
// holes.
import Foundation

enum ImageContent {
    /// Bytes that compress to about half: every other sixteen are noise.
    static func text(of count: Int) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<count).map {
            $0 / 16 % 2 == 0 ? UInt8.random(in: 0...255, using: &random) : 0x20
        }
    }

    /// A new image of pieces of 1 MiB out of `text`, of 2 MiB or more; every
    /// other one is a hole when `hasHoles`.
    static func write(
        _ path: String, bytes: Int, _ text: [UInt8], hasHoles: Bool = true
    ) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        defer { close(file) }
        guard ftruncate(file, bytes) == 0 else { throw CommandFailed(command: path, status: errno) }
        for offset in stride(from: 0, to: bytes, by: hasHoles ? 2 << 20 : 1 << 20) {
            let start = offset / 7 % (text.count - 1 << 20)
            let written = text.withUnsafeBytes {
                pwrite(file, $0.baseAddress! + start, 1 << 20, offset)
            }
            guard written == 1 << 20 else { throw CommandFailed(command: path, status: errno) }
        }
    }
}
