// The moments of a program's life, counted by what it writes: every write to the log of the lab's
// store is one. The kernel tells of each, so a test can kill the program at the n-th without a
// clock and without the program's help.
import Foundation

final class StoreWrites: Sendable {
    private let descriptor: Int32
    private let watch: Int32
    private let reading: Task<Int, Never>

    /// Counts from now on; at the `fatal`-th write the process is killed.
    init(of lab: Lab, killing process: pid_t, at fatal: Int) throws {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC))
        let watch = inotify_add_watch(descriptor, lab.path, UInt32(IN_MODIFY))
        guard watch >= 0 else { throw Complaint("\(lab.path) cannot be watched: error \(errno).") }
        self.descriptor = descriptor
        self.watch = watch
        let (counts, counted) = AsyncStream<Int>.makeStream()
        Thread.detachNewThread {
            counted.yield(Self.count(descriptor, killing: process, at: fatal))
            counted.finish()
        }
        reading = Task {
            for await count in counts { return count }
            return 0
        }
    }

    /// Ends the counting; how many writes there were.
    func end() async -> Int {
        inotify_rm_watch(descriptor, watch)
        let count = await reading.value
        close(descriptor)
        return count
    }

    private static func count(_ descriptor: Int32, killing process: pid_t, at fatal: Int) -> Int {
        var count = 0
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let length = read(descriptor, &buffer, buffer.count)
            if length <= 0 { return count }
            var offset = 0
            while offset < length {
                let event = buffer[offset...].withUnsafeBytes {
                    $0.loadUnaligned(as: inotify_event.self)
                }
                let size = MemoryLayout<inotify_event>.size
                let name = buffer[(offset + size)..<(offset + size + Int(event.len))]
                    .prefix { $0 != 0 }
                offset += size + Int(event.len)
                // The kernel's last word, when the watch is taken away.
                if event.mask & UInt32(IN_IGNORED) != 0 { return count }
                guard String(decoding: name, as: UTF8.self) == "muster.db-wal" else { continue }
                count += 1
                if count == fatal { kill(process, SIGKILL) }
            }
        }
    }
}
