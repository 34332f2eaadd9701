// Where a secret is typed or read from: a terminal without echo, standard input, or a file; never
// an argument.
import Foundation
import Model

enum SecretInput {
    /// One secret for each name: asked for at a terminal, else the content of `path` or standard
    /// input, of several a line for each. Raises `usage.invalid`.
    static func read(
        _ names: [String], of asset: String, from path: String?
    ) throws(Failure) -> [String: Secret] {
        if names.isEmpty { return [:] }
        if path == nil, isatty(STDIN_FILENO) == 1 {
            var typed: [String: Secret] = [:]
            for name in names { typed[name] = try ask("The \(name) of \(asset)") }
            return typed
        }
        var text = try text(of: path ?? "-")
        if text.hasSuffix("\n") { text.removeLast() }
        let parts = names.count == 1 ? [text] : text.components(separatedBy: "\n")
        guard parts.count == names.count else {
            throw Failure(
                .usage,
                "'\(asset)' hides \(names.joined(separator: ", ")): give a line for each, in this "
                    + "order, not \(parts.count)")
        }
        return Dictionary(
            zip(names, parts.map { Secret($0) }), uniquingKeysWith: { first, _ in first })
    }

    /// The whole of a file, or of standard input for `-`.
    static func text(of path: String) throws(Failure) -> String {
        let data =
            path == "-"
            ? try? FileHandle.standardInput.readToEnd() ?? Data()
            : FileManager.default.contents(atPath: path)
        guard let data, let text = String(data: data, encoding: .utf8) else {
            throw Failure(.usage, "\(path) cannot be read, or is no text of UTF-8")
        }
        return text
    }

    private static func ask(_ what: String) throws(Failure) -> Secret {
        let (first, again) = silently {
            (typed("\(what), which is not shown as you type it:"), typed("Once more:"))
        }
        guard first == again else {
            throw Failure(.usage, "the two differ; nothing was changed")
        }
        return Secret(first)
    }

    /// Echo is off before anything is asked: what is typed at once is not shown either.
    private static func silently<Result>(_ read: () -> Result) -> Result {
        var modes = termios()
        tcgetattr(STDIN_FILENO, &modes)
        var silent = modes
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer { tcsetattr(STDIN_FILENO, TCSANOW, &modes) }
        return read()
    }

    private static func typed(_ prompt: String) -> String {
        FileHandle.standardError.write(Data((prompt + "\n").utf8))
        return readLine() ?? ""
    }
}
