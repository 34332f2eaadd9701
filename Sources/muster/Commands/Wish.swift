// `muster suspend`, `stop` and `abort`, of a run: what people wish of it, whoever leads it.
// `suspend` takes machines too, as `resume` does, which stands with `run`. A wish is written down
// first; where nobody leads, this process takes the lead for as long as the wish needs to come
// true.
import ArgumentParser
import Model
import Orchestration
import Replication
import Store

struct SuspendCommand: LeadCommand {
    static let audience = Audience.tenants
    static let configuration = CommandConfiguration(
        commandName: "suspend",
        abstract: "Puts a run aside, or a machine's protection to rest, until it is resumed.",
        discussion: """
            Of a run, the act under way is finished and written down; no other is begun. It leaves \
            memory and keeps its questions and its hold on machines. Of a machine, what is written \
            meanwhile is sent afterwards.
            """)

    @OptionGroup var options: LabOptions
    @Argument(help: "The run's number; or the machine, or MACHINE:extended.") var subject: String
    @Option(help: "Of a run, why; kept in the report.") var reason: String?

    func run() async throws {
        let lab = try await Composition(options, for: Self.audience)
        if let id = RunID(subject) {
            return try await lab.wish(.suspend, of: id, reason: reason, options)
        }
        guard reason == nil else { throw Failure(.usage, "--reason is for a run") }
        try show(try await performed(in: lab))
    }

    func act(_ lead: Lead) async throws -> Value {
        try await lead.requireOwnProtected(subject)
        return try await lead.lab.replication.suspend(subject).view
    }

    func tell(_ outcome: Value) { Terminal.say(outcome.protectionLine) }
}

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Ends a run where it stands, without its cleaning up.",
        discussion: """
            The act under way has ten seconds to end and be written down. Nothing else of the run is \
            executed: what it would have cleaned up stays. `abort` ends it with its cleaning up.
            """)

    @OptionGroup var options: LabOptions
    @Argument(help: "The run.") var run: Int64
    @Option(help: "Why; kept in the report.") var reason: String?

    func run() async throws {
        try await Composition(options, for: .tenants)
            .wish(.stop, of: RunID(run), reason: reason, options)
    }
}

struct AbortCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Ends a run after its cleaning up, in whatever state it is."
    )

    @OptionGroup var options: LabOptions
    @Argument(help: "The run.") var run: Int64
    @Option(help: "Why; kept in the report.") var reason: String?

    func run() async throws {
        try await Composition(options, for: .tenants)
            .wish(.abort, of: RunID(run), reason: reason, options)
    }
}

extension Composition {
    /// Wishes, has it come true where nobody else leads, and tells.
    fileprivate func wish(
        _ wish: RunWish, of id: RunID, reason: String?, _ options: LabOptions
    ) async throws {
        var run = try await orchestrator.wish(
            wish, of: id, by: try person(options), reason: reason)
        let isObeyed = run.state.isFinal || run.state == .suspended
        if try !isObeyed && !Lease.isHeld(folder: folder) {
            run = try await leading { token in
                try await orchestrator.settle(id, under: token)
            }
        }
        if options.json { return Terminal.say(json: run.view) }
        let next = run.state == .suspended ? "resume" : run.state.isFinal ? "report" : "watch"
        let state =
            run.state.isFinal || run.state == .suspended
            ? "is \(run.state.rawValue)"
            : "is being \(wish.participle); its engine does it when the act under way has ended"
        Terminal.say("run \(id) \(state): muster \(next) \(id)")
    }
}
