// `muster schedule`: runs that start by themselves, when an engine serves.
import ArgumentParser
import Foundation
import Model
import Orchestration
import Store

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Starts plans and runbooks by themselves, while an engine serves.",
        subcommands: [
            Add.self, List.self, Show.self, Pause.self, Resume.self, Remove.self,
        ])

    struct Add: LeadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a schedule.",
            discussion: """
                One of --every, --cron and --at says when. Whole days (--every 1d) and hours that \
                cron names are kept by the clocks of the zone: each is due once, also on the days \
                on which the clocks change. All else is measured as time that passes.
                """)
        @OptionGroup var options: LabOptions
        @Argument(help: "The plan or runbook.") var runbook: String
        @Option(help: "The schedule's name; that of the runbook.") var name: String?
        @Option(help: "An interval: 15m, 6h, 1d.") var every: String?
        @Option(help: "Five fields: minute, hour, day of the month, month, day of the week.")
        var cron: String?
        @Option(help: "Once: 22:00, or ISO 8601.") var at: String?
        @Option(help: "The zone whose clocks count, by its IANA name.") var zone = "UTC"
        @Option(help: "For a plan: test, planned, unplanned or failback.") var kind: FailoverKind?
        @Option(
            name: .customLong("param"), parsing: .singleValue,
            help: "For a runbook: NAME=VALUE, once for each.")
        var parameters: [String] = []
        @Option(help: "The subscription whose machines may be touched; the whole house.")
        var scope: String?
        @Option(help: "What passed while no engine led: skip, run_once or all.")
        var missed = RunSchedule.Missed.runOnce
        @Option(help: "How late a due time may be without being missed.") var grace = "1m"
        @Option(help: "Due while the earlier run goes on: skip, queue or stop_previous.")
        var overlap = RunSchedule.Overlap.skip

        func act(_ lead: Lead) async throws -> Value {
            let now = lead.lab.clock.now
            let given = try RunParameters.read(parameters)
            let schedule = RunSchedule(
                name: name ?? runbook, runbook: runbook, timing: try timing(from: now),
                zone: try Zone(zone), kind: kind, parameters: Value.object(given).canonicalJSON,
                scope: scope, missed: missed,
                graceSeconds: try Duration(text: grace).components.seconds, overlap: overlap,
                by: lead.person.name, createdAt: now)
            try await lead.lab.orchestrator.addSchedule(schedule, under: lead.token)
            return schedule.view(at: now)
        }

        func tell(_ outcome: Value) {
            Terminal.say("\(outcome.word("name")) starts \(runbook) \(outcome.word("when"))")
            Terminal.say("  next \(outcome.word("next_at")); an engine that serves starts it")
        }

        private func timing(from now: Timestamp) throws(Failure) -> RunSchedule.Timing {
            switch (every, cron, at) {
            case (let every?, nil, nil):
                return .every(seconds: try Duration(text: every).components.seconds)
            case (nil, let cron?, nil): return .cron(try CronExpression(cron))
            case (nil, nil, let at?):
                return .once(try Timestamp(text: at, from: now, zone: Zone(zone).name))
            default:
                throw Failure(.usage, "say one of --every 15m, --cron '0 22 * * *' and --at 22:00")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the schedules.")
        @OptionGroup var options: LabOptions

        func run() async throws {
            let lab = try await Composition(options)
            let now = lab.clock.now
            let views = try lab.store.schedules().map { $0.view(at: now) }
            if options.json { return Terminal.say(json: .list(views)) }
            let rows = views.map { view in
                [
                    view.word("name"), view.word("runbook"), view.word("when"),
                    view["paused"]?.boolean == true ? "paused" : view.word("next_at"),
                    view.word("missed"), view.word("overlap"), view.word("by"),
                ]
            }
            Terminal.say(
                Table(["NAME", "STARTS", "WHEN", "NEXT", "MISSED", "OVERLAP", "BY"], rows).text(
                    nothing: "nothing is scheduled: muster schedule add RUNBOOK --every 15m"))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a schedule: its next ten times, and what became of the last ones.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The schedule.") var name: String

        func run() async throws {
            let lab = try await Composition(options)
            let schedule = try lab.orchestrator.schedule(name)
            let turns = try lab.store.turns(of: name, limit: 10)
            let next = schedule.next(10, after: lab.clock.now)
            if options.json {
                var view = schedule.view(at: lab.clock.now).object ?? [:]
                view["next"] = .list(next.map { .text($0.description) })
                view["turns"] = .list(turns.map(\.view))
                return Terminal.say(json: .object(view))
            }
            let state = schedule.isPaused ? " (paused)" : ""
            Terminal.say("\(name) starts \(schedule.runbook) \(schedule.when)\(state)")
            for time in next { Terminal.say("  \(time)") }
            let rows = turns.map { turn in
                [
                    turn.dueAt.description, turn.outcome.rawValue, turn.run?.description ?? "",
                    turn.count > 1 ? "for \(turn.count) due times" : turn.remark ?? "",
                ]
            }
            Terminal.say(
                Table(["DUE", "OUTCOME", "RUN", "REMARK"], rows).text(
                    nothing: "none of its times has come yet"))
        }
    }

    struct Pause: LeadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets due times pass until it is resumed.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The schedule.") var name: String

        func act(_ lead: Lead) async throws -> Value {
            try await lead.lab.orchestrator.pauseSchedule(
                name, true, by: lead.person, under: lead.token
            ).view(at: lead.lab.clock.now)
        }

        func tell(_ outcome: Value) { Terminal.say("\(name) is paused") }
    }

    struct Resume: LeadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Goes on with the next due time.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The schedule.") var name: String

        func act(_ lead: Lead) async throws -> Value {
            try await lead.lab.orchestrator.pauseSchedule(
                name, false, by: lead.person, under: lead.token
            ).view(at: lead.lab.clock.now)
        }

        func tell(_ outcome: Value) {
            Terminal.say("\(name) goes on: next \(outcome.word("next_at"))")
        }
    }

    struct Remove: LeadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a schedule away; its runs stay.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The schedule.") var name: String

        func act(_ lead: Lead) async throws -> Value {
            try await lead.lab.orchestrator.removeSchedule(
                name, by: lead.person, under: lead.token)
            return ["name": .text(name)]
        }

        func tell(_ outcome: Value) { Terminal.say("\(name) is no more") }
    }
}

extension RunSchedule.Missed: ExpressibleByArgument {}
extension RunSchedule.Overlap: ExpressibleByArgument {}
