// The command `muster`: finds the subcommand, and turns what went wrong into one sentence and an
// exit code that scripts can rely on.
import ArgumentParser
import Foundation
import Model

@main struct Muster: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "muster",
        abstract: "Fails whole sites over by runbooks written in Lua.",
        discussion: """
            Exit codes: 0 done, 1 failed, 2 usage, 3 aborted, 4 refused, 5 waiting for a person.
            `muster help WORD` explains a primitive, a part of a card, or a command.
            """,
        version: version,
        subcommands: [
            InitCommand.self, SiteCommand.self, FabricCommand.self, VMCommand.self,
            TemplateCommand.self,
            ProtectCommand.self, UnprotectCommand.self, SetCommand.self, SyncCommand.self,
            SuspendCommand.self,
            ResyncCommand.self, ReprotectCommand.self, ExtendCommand.self, ExportCommand.self,
            ImportCommand.self, FailoverCommand.self, ReverseCommand.self, StatusCommand.self,
            PointsCommand.self, MeasureCommand.self, DriftCommand.self, ProveCommand.self,
            PlannerCommand.self, PlanCommand.self,
            RunCommand.self, WatchCommand.self, TasksCommand.self, AnswerCommand.self,
            AbortCommand.self, StopCommand.self, ResumeCommand.self, UndoCommand.self,
            PatchCommand.self,
            RunsCommand.self, ReportCommand.self, ReplayCommand.self, ScheduleCommand.self,
            TriggerCommand.self, AssetCommand.self, LibraryCommand.self,
            SubscriptionCommand.self,
            ServeCommand.self, ExplainCommand.self, HelpCommand.self,
        ])

    @OptionGroup var options: LabOptions

    static func main() async {
        do {
            var command = try parseAsRoot(LabOptions.hoisted(CommandLine.arguments))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Terminal.complain(failure)
            Foundation.exit(failure.exitStatus.rawValue)
        } catch {
            let status = exitCode(for: error)
            let isUsage = status == .validationFailure
            if isUsage, let unknown = unknownCommand(CommandLine.arguments.dropFirst()) {
                Terminal.complain(unknown)
                Foundation.exit(unknown.exitStatus.rawValue)
            }
            let text = fullMessage(for: error)
            if !text.isEmpty {
                (status.isSuccess ? FileHandle.standardOutput : .standardError)
                    .write(Data((text + "\n").utf8))
            }
            Foundation.exit(isUsage ? ExitStatus.usage.rawValue : status.rawValue)
        }
    }
}

extension Muster {
    /// The complaint about a word that names no command, with the nearest that does.
    fileprivate static func unknownCommand(_ arguments: ArraySlice<String>) -> Failure? {
        var command: any ParsableCommand.Type = self
        var path = "muster"
        for word in LabOptions.hoisted(["muster"] + arguments) {
            let children = command.configuration.subcommands
            if children.isEmpty || word.hasPrefix("-") { return nil }
            guard let child = children.first(where: { $0.word == word }) else {
                let hint = Spelling.hint(for: word, among: children.map { $0.word })
                return Failure(
                    .usage, "there is no command '\(path) \(word)'\(hint); see `\(path) --help`")
            }
            command = child
            path += " \(word)"
        }
        return nil
    }
}

/// The exit codes of design.md; stable for ever.
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    case usage = 2
    case aborted = 3
    case refused = 4
    /// Waiting for a person.
    case waiting = 5
}

extension Failure {
    /// What a script is told when this failure ended the command.
    var exitStatus: ExitStatus {
        let refusals: Set<Code> = [
            .refused, .leaseHeld, .notYours, .answeredAlready, .questionExpired,
            .questionWithdrawn, .votedAlready, .delegationRefused,
            .vmClaimed, .reasonMissing, .transitionRefused,
            .runTransitionRefused, .machineIsReplica, .epochOutdated, .epochUnknown,
            .runsElsewhere, .notConfirmed, .alreadyProtected, .machineExists,
            .templateExists, .capacityMissing, .promiseUnkept,
            .extendedStands, .reversalImpossible, .contentDiffers, .primaryRefused, .trustRefused,
            .patchRefused, .scheduleExists, .assetChanged,
            .importRefused, .triggerExists, .triggerPaused, .inUse, .siteFixed, .poolExhausted,
        ]
        let usages: Set<Code> = [
            .usage, .unknownName, .parameterInvalid, .sourceMissing, .answerInvalid, .labMissing,
            .intervalInvalid, .assetType,
        ]
        if refusals.contains(code) { return .refused }
        if usages.contains(code) { return .usage }
        return [.runAborted, .runStopped].contains(code) ? .aborted : .failed
    }
}
