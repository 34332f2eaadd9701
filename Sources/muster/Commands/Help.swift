// `muster help` and `explain`: a primitive, a part of a card, a command, a failure code.
import ArgumentParser
import Model
import Orchestration

struct HelpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "help", abstract: "Explains a primitive, a part of a card, or a command.")

    @Argument(help: "`fabric.select`, `plan`, `step`, `run` …") var words: [String] = []

    func run() throws {
        guard let word = words.first else { return Terminal.say(Muster.helpMessage()) }
        if let page = Manual().page(for: word) { return Terminal.say(page) }
        if let command = Muster.command(named: words) {
            return Terminal.say(Muster.helpMessage(for: command))
        }
        let names = Manual().words + Muster.configuration.subcommands.map { $0.word }
        throw Failure.unknown("page", word, among: names)
    }
}

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Explains a failure code and what can be done.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The code, such as fabric.switch_missing; all codes when left out.")
    var code: String?

    func run() throws {
        let catalogue = Failure.Code.catalogue
        guard let code else {
            if options.json { return Terminal.say(json: .list(catalogue.map(\.view))) }
            return Terminal.say(
                catalogue.map { "\($0.name)\n    \($0.meaning)" }.joined(separator: "\n"))
        }
        guard let found = catalogue.first(where: { $0.name == code }) else {
            let room = catalogue.map(\.name).filter {
                $0.split(separator: ".").first == code.split(separator: ".").first
            }
            let near = Spelling.nearest(to: code, among: catalogue.map(\.name))
            let hint =
                near.map { "; did you mean '\($0)'?" }
                ?? (room.isEmpty ? "" : "; there is \(room.joined(separator: ", "))")
            throw Failure(.unknownName, "there is no code '\(code)'\(hint)")
        }
        if options.json { return Terminal.say(json: found.view) }
        Terminal.say("\(found.name)\n    \(found.meaning)\n    \(found.remedy)")
    }
}

extension Failure.Code {
    fileprivate var view: Value {
        ["code": .text(name), "meaning": .text(meaning), "remedy": .text(remedy)]
    }
}

extension ParsableCommand {
    /// How the command is called.
    static var word: String { configuration.commandName ?? "\(self)".lowercased() }

    /// The subcommand that the words name, one level after the other.
    fileprivate static func command(named words: [String]) -> (any ParsableCommand.Type)? {
        guard let word = words.first else { return self }
        let found = configuration.subcommands.first { $0.word == word }
        return found?.command(named: Array(words.dropFirst()))
    }
}
