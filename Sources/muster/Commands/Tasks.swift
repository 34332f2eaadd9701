// `muster tasks`: what people are asked, by whom it may be answered, and what was said so far.
import ArgumentParser
import Model
import Orchestration
import Store

struct TasksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: "Shows what people are asked, and hands it on.",
        subcommands: [List.self, Show.self, Delegate.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the open questions of all runs.")
        @OptionGroup var options: LabOptions

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            let questions = try lab.orchestrator.openQuestions(for: lab.actor, limit: 100)
            if options.json { return Terminal.say(json: .list(questions.map(\.view))) }
            let rows = questions.map { question in
                [
                    "\(question.id)", "\(question.place.run)", question.request.title,
                    question.request.form.summary, question.whoMay, question.standing,
                    question.timeLeft(at: lab.clock.now),
                ]
            }
            let heads = ["TASK", "RUN", "QUESTION", "ANSWER", "WHO", "AGREED", "TIME LEFT"]
            Terminal.say(Table(heads, rows).text(nothing: "nobody is waited for"))
            if !rows.isEmpty {
                Terminal.say("muster answer TASK ANSWER   or   muster answer TASK --refuse")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one question, open or settled, and everything said to it.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The task.") var task: Int64

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            let question = try lab.orchestrator.question(QuestionID(task), for: lab.actor)
            if options.json { return Terminal.say(json: question.view) }
            Terminal.say(question.page(at: lab.clock.now).joined(separator: "\n"))
        }
    }

    struct Delegate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets another person answer an open question in your voice.",
            discussion: "You may still answer; the first of you is heard, and counts once.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The task.") var task: Int64
        @Option(help: "The person of muster.lua who may answer from now on.") var to: String
        @Option(help: "Kept with the decision.") var comment: String?

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            let person = try lab.person(options)
            let question = try await lab.orchestrator.delegate(
                QuestionID(task), to: to, by: person, comment: comment)
            if options.json { return Terminal.say(json: question.view) }
            Terminal.say("task \(task): \(to) may answer for \(person.name) from now on")
        }
    }
}

extension Question {
    fileprivate func timeLeft(at now: Timestamp) -> String {
        guard let deadline = request.deadline else { return "no limit" }
        return deadline > now ? (deadline - now).readable : "none: it is late"
    }

    /// Everything there is to know about it.
    fileprivate func page(at now: Timestamp) -> [String] {
        let limit =
            request.deadline == nil
            ? "no deadline"
            : "\(timeLeft(at: now)) left, then \(request.defaultAction.rawValue)"
        return ["task \(id) of run \(place.run) · \(state.rawValue)", request.title]
            + (request.instructions.map { ["  \($0)"] } ?? [])
            + ["  wants \(request.form.summary) · \(whoMay)", "  asked at \(askedAt)"]
            + (state == .open ? ["  \(limit)"] : [])
            + (escalatedAt.map { ["  \($0.timeOfDay)  escalated"] } ?? [])
            + delegations.map { "  \($0.at.timeOfDay)  \($0.by) lets \($0.to) answer" }
            + votes.map { "  \($0.at.timeOfDay)  \($0.line), by \($0.channel)" }
    }
}
