// `muster answer`: what people say to the questions of a run.
import ArgumentParser
import Model
import Orchestration
import Store

struct AnswerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer", abstract: "Answers an open question, or refuses it.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The task, as `muster tasks` numbers it.") var task: Int64
    @Argument(help: "The answer.") var answer: String?
    @Flag(help: "Refuse the task: the run aborts.") var refuse = false
    @Option(help: "Kept with the answer.") var comment: String?

    func run() async throws {
        let lab = try await Composition(options, for: .tenants)
        let id = QuestionID(task)
        let question = try lab.orchestrator.question(id, for: lab.actor)
        guard refuse != (answer != nil) else {
            let wanted = "an answer (\(question.request.form.summary)) or --refuse"
            throw Failure(.usage, refuse ? "say \(wanted), not both" : "say \(wanted)")
        }
        let value = try answer.map { text throws(Failure) in
            try question.request.form.answer(from: text)
        }
        let person = try lab.person(options)
        let settled = try await lab.orchestrator.answer(
            id, value, comment: comment, by: person, channel: "command")
        if options.json { return Terminal.say(json: settled.view) }
        if settled.state == .open {
            return Terminal.say("task \(id): heard, others must agree: \(settled.standing)")
        }
        let isLed = try Lease.isHeld(folder: lab.folder)
        let run = question.place.run
        Terminal.say(
            "task \(id) \(refuse ? "refused" : "answered") by \(person.name)"
                + (isLed ? "" : "; no engine leads run \(run): muster resume \(run)"))
    }
}
