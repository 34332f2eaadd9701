// How far a transfer has come, on one line that is drawn over itself: a bar, what is done, the
// rate, and the time that is left.
import Foundation
import Model
import Orchestration
import Replication

enum ProgressLine {
    private static let cells = 24

    /// `{"key", "bytes", "of_bytes", "seconds"}`; the line is wiped when all is there.
    static func show(_ progress: Value) {
        guard let done = progress["bytes"]?.number, let all = progress["of_bytes"]?.number, all > 0
        else { return }
        let isOver = done >= all
        let text = isOver ? "" : line(progress, done, all)
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }

    static func line(_ progress: Value, _ done: Double, _ all: Double) -> String {
        let seconds = max(0.001, progress["seconds"]?.number ?? 0)
        let filled = Int(Double(cells) * done / all)
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
        let rate = done / seconds
        let left = rate > 0 ? Duration.seconds((all - done) / rate).readable : "?"
        return "\(progress.word("key"))  \(bar)  \(ByteCount(Int64(done))) of "
            + "\(ByteCount(Int64(all)))  \(ByteCount(Int64(rate)))/s  \(left) left"
    }
}

extension Lead {
    /// How often somebody who looks on is told how far a transfer has come.
    private static let pause = Duration.milliseconds(200)

    /// Does `work`, telling meanwhile how far the transfer of that protection has come.
    func following<Result: Sendable>(
        _ key: String, _ work: () async throws -> Result
    ) async throws -> Result {
        let (engine, clock, tell) = (lab.replication, lab.clock, tell)
        let begun = clock.now
        let teller = Task {
            while true {
                try await clock.sleep(until: clock.now + Self.pause)
                guard let progress = engine.progress(of: key) else { continue }
                tell([
                    "key": .text(key), "bytes": .integer(progress.done.bytes),
                    "of_bytes": .integer(progress.all.bytes),
                    "seconds": .float((clock.now - begun).seconds),
                ])
            }
        }
        defer {
            teller.cancel()
            tell(["key": .text(key), "bytes": 1, "of_bytes": 1])
        }
        return try await work()
    }
}
