// A guest of the benchmarks: a thread that writes blocks of 64 KiB at random places of its disk, at
// instants that a schedule gives, so that what is late is late because something held it.
import Fabric
import Foundation
import Model

final class Guest: Sendable {
    /// What a guest saw.
    struct Record: Sendable {
        /// What each write took.
        var writes: [Duration] = []
        var elapsed = Duration.zero

        var longest: Duration { writes.max() ?? .zero }
        var medianMicroseconds: Double { median(writes.map { $0 / .microseconds(1) }) }
        var megabytesPerSecond: Double {
            Double(writes.count * Guest.blockBytes) / 1e6 / (elapsed / .seconds(1))
        }
    }

    private struct State {
        var isStopping = false
        var result: Result<Record, any Error>?
    }

    static let blockBytes = 65_536
    private let disk: DiskImage
    private let pause: Duration
    private let content = ImageContent.text(of: 4 << 20)
    private let state = Locked(State())
    private let ended = DispatchSemaphore(value: 0)

    init(_ disk: DiskImage, bytesPerSecond: Int) {
        self.disk = disk
        pause = .seconds(1) * Self.blockBytes / bytesPerSecond
    }

    /// Begins to write, on a thread of its own.
    func begin() {
        state.withLock { $0 = State() }
        Thread.detachNewThread { [self] in
            let result = Result { try write() }
            state.withLock { $0.result = result }
            ended.signal()
        }
    }

    /// Stops the writing; returns what came of it.
    func end() throws -> Record {
        state.withLock { $0.isStopping = true }
        ended.wait()
        guard let result = state.withLock({ $0.result }) else {
            preconditionFailure("a guest that has ended has a result")
        }
        return try result.get()
    }

    private func write() throws -> Record {
        var random = SystemRandomNumberGenerator()
        var record = Record()
        let blocks = disk.size.bytes / Int64(Self.blockBytes)
        let start = ContinuousClock.now
        while !state.withLock({ $0.isStopping }) {
            let from = Int.random(in: 0..<content.count - Self.blockBytes, using: &random)
            let block = Int64.random(in: 0..<blocks, using: &random)
            wait(until: start + pause * record.writes.count)
            let before = ContinuousClock.now
            try content.withUnsafeBytes {
                try disk.write(
                    at: block * Int64(Self.blockBytes),
                    UnsafeRawBufferPointer(rebasing: $0[from..<from + Self.blockBytes]))
            }
            record.writes.append(ContinuousClock.now - before)
        }
        record.elapsed = ContinuousClock.now - start
        return record
    }

    /// Sleeps; a write that is late already is not waited for.
    private func wait(until instant: ContinuousClock.Instant) {
        let left = instant - .now
        guard left > .zero else { return }
        usleep(UInt32(left / .microseconds(1)))
    }
}
