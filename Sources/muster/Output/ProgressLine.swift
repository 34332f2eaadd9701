// How far a transfer has come, on one line that is drawn over itself: a bar, what is done, the
// rate, and the time that is left.
import Foundation
import Model
import Orchestration

struct ProgressLine: Sendable {
    private static let cells = 24

    /// Whether somebody looks on.
    let isShown: Bool

    /// `{"key", "bytes", "of_bytes", "seconds"}`.
    func show(_ progress: Value) {
        guard let done = progress["bytes"]?.number, let all = progress["of_bytes"]?.number, all > 0
        else { return }
        draw(Self.line(progress, done, all))
    }

    func wipe() { draw("") }

    private func draw(_ text: String) {
        guard isShown else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }

    private static func line(_ progress: Value, _ done: Double, _ all: Double) -> String {
        let seconds = max(0.001, progress["seconds"]?.number ?? 0)
        let filled = Int(Double(cells) * min(1, done / all))
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
        let rate = done / seconds
        let left = rate > 0 ? Duration.seconds((all - done) / rate).readable : "?"
        return "\(progress.word("key"))  \(bar)  \(ByteCount(Int64(done))) of "
            + "\(ByteCount(Int64(all)))  \(ByteCount(Int64(rate)))/s  \(left) left"
    }
}
