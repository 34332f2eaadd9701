// What a command asks of the engine that serves: the words that were typed, by whom and where. Each
// is one line of canonical JSON on the lab's socket, and so are the answers:
//
//     command ─▶ {"actor":"eva","arguments":["sync","--all"],"directory":"/srv/labs",
//                 "explicit":false,"version":"0.1.0"}
//     engine  ─▶ {"progress":…}   any number of times
//             ─▶ {"outcome":…}    or {"failure":{…}}, and the connection is closed
//
// An engine that stands by asks `{"presence":null}`; any outcome tells it that this one works.
import Foundation
import Model

struct LeadRequest: Sendable {
    let arguments: [String]
    let actor: String
    /// Whether the person was named by `--as`.
    let isExplicit: Bool
    let directory: String
    /// The version of the program that asks.
    let version: String

    static let presence = #"{"presence":null}"#

    /// What was typed in this process.
    init(_ options: LabOptions) {
        arguments = LabOptions.hoisted(CommandLine.arguments)
        actor = options.actorName
        isExplicit = options.actor != nil
        directory = FileManager.default.currentDirectoryPath
        version = Muster.version
    }

    /// Raises `usage.invalid` for a line that is no request.
    init(line: String) throws(Failure) {
        let value = try Value(json: line)
        guard let arguments = value["arguments"]?.list?.compactMap(\.text),
            let actor = value["actor"]?.text, let directory = value["directory"]?.text,
            let version = value["version"]?.text
        else { throw Failure(.usage, "the engine was asked something that is no request") }
        self.arguments = arguments
        self.actor = actor
        self.directory = directory
        self.version = version
        isExplicit = value["explicit"]?.boolean ?? false
    }

    var line: String {
        let value: Value = [
            "actor": .text(actor), "arguments": .list(arguments.map { .text($0) }),
            "directory": .text(directory), "explicit": .boolean(isExplicit),
            "version": .text(version),
        ]
        return value.canonicalJSON
    }
}

/// What the engine says to a request.
enum LeadAnswer {
    case progress(Value)
    case outcome(Value)
    case failure(Failure)

    init(line: String) throws(Failure) {
        let value = try Value(json: line)
        if let progress = value["progress"] {
            self = .progress(progress)
        } else if let failure = value["failure"].flatMap({ Failure($0) }) {
            self = .failure(failure)
        } else {
            self = .outcome(value["outcome"] ?? .null)
        }
    }

    var line: String {
        let value: Value =
            switch self {
            case .progress(let progress): ["progress": progress]
            case .outcome(let outcome): ["outcome": outcome]
            case .failure(let failure): ["failure": failure.value]
            }
        return value.canonicalJSON
    }
}
