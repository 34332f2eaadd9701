// How the program speaks: sentences and tables for people, JSON for programs, colour only where a
// terminal shows it and nobody has asked for none (NO_COLOR).
import Foundation
import Model

enum Terminal {
    static let isInteractive = isatty(STDOUT_FILENO) == 1 && isatty(STDIN_FILENO) == 1
    static let isLive = isatty(STDOUT_FILENO) == 1
    private static let isColoured =
        isLive && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

    /// The terminal as it is now; what most have, when it does not say.
    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    static func styled(_ text: String, _ style: Style) -> String {
        isColoured ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Each line that is typed, on a thread of its own, which waits for the next as long as the
    /// program lives.
    static func typedLines<Line: Sendable>(
        _ read: @escaping @Sendable (String) -> Line
    ) -> AsyncStream<Line> {
        AsyncStream { continuation in
            Thread.detachNewThread {
                while let line = readLine() { continuation.yield(read(line)) }
                continuation.finish()
            }
        }
    }

    /// Forgets what is typed and was not yet read: nobody has seen what it would answer.
    static func forgetTyped() { tcflush(STDIN_FILENO, TCIFLUSH) }

    /// Begins at the top again, where there is a terminal.
    static func clear() {
        if isLive { FileHandle.standardOutput.write(Data("\u{1B}[H\u{1B}[2J".utf8)) }
    }

    static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// A value for a program: one line of canonical JSON.
    static func say(json value: Value) { say(value.canonicalJSON) }

    /// A failure on the error stream: where, what, and what can be done.
    static func complain(_ failure: Failure) {
        var lines = ["muster: \(failure)"]
        if let traceback = failure.traceback { lines.append(traceback) }
        FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
