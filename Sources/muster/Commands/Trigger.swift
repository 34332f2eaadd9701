// `muster trigger`: runs that start when something happens, while an engine serves.
import ArgumentParser
import Model
import Orchestration
import Store

struct TriggerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger",
        abstract: "Starts runbooks when something happens, while an engine serves.",
        subcommands: [
            Add.self, List.self, Show.self, Pause.self, Resume.self, Remove.self,
        ])

    struct Add: LeadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a trigger.",
            discussion: """
                What is there already does not fire. A card that declares them is told what did: \
                vm, site, subscription (vm-appeared), vm, site, health, was (health-changed), run, \
                runbook, state (run-ended), plan, readiness, findings (readiness-changed), payload \
                (webhook: POST /hooks/NAME).
                """)
        @OptionGroup var options: LabOptions
        @Argument(help: "The trigger's name.") var name: String
        @Argument(help: "The runbook, or a plan with --kind test.") var runbook: String
        @Option(help: "vm-appeared, health-changed, run-ended, readiness-changed or webhook.")
        var on: RunTrigger.Cause
        @Option(help: "Only of this site.") var site: String?
        @Option(help: "Only machines of this subscription.") var subscription: String?
        @Option(help: "Only machines that bear this tag.") var tag: String?
        @Option(help: "Only a change to this health: normal, warning or critical.")
        var to: ReplicationHealth?
        @Option(name: .customLong("runbook"), help: "Only this plan or runbook, or its runs.")
        var ended: String?
        @Option(help: "Only runs that ended so: completed, failed or aborted.")
        var state: RunState?
        @Option(help: "For a plan: test.") var kind: FailoverKind?
        @Option(
            name: .customLong("param"), parsing: .singleValue,
            help: "For a runbook: NAME=VALUE, once for each.")
        var parameters: [String] = []
        @Option(help: "The subscription whose machines may be touched; the whole house.")
        var scope: String?

        func act(_ lead: Lead) async throws -> Value {
            let given = try RunParameters.read(parameters)
            let trigger = RunTrigger(
                name: name, on: on, filter: filter, runbook: runbook, kind: kind,
                parameters: Value.object(given).canonicalJSON, scope: scope, by: lead.person.name,
                createdAt: lead.lab.clock.now)
            try await lead.lab.orchestrator.addTrigger(trigger, under: lead.token)
            return trigger.view
        }

        private var filter: RunTrigger.Filter {
            var filter = RunTrigger.Filter()
            (filter.site, filter.subscription, filter.tag) = (site, subscription, tag)
            (filter.health, filter.runbook, filter.state) = (to, ended, state)
            return filter
        }

        func tell(_ outcome: Value) {
            Terminal.say("\(name) starts \(runbook) on \(outcome.word("when"))")
            guard on == .webhook else { return }
            Terminal.say("  POST /hooks/\(name), signed with hooks.\(name) of muster.lua")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the triggers.")
        @OptionGroup var options: LabOptions

        func run() async throws {
            let views = try await Composition(options).store.triggers().map(\.view)
            if options.json { return Terminal.say(json: .list(views)) }
            let rows = views.map { view in
                [
                    view.word("name"), view.word("runbook"), view.word("when"),
                    view["paused"]?.boolean == true ? "paused" : "on", view.word("by"),
                ]
            }
            Terminal.say(
                Table(["NAME", "STARTS", "ON", "STATE", "BY"], rows).text(
                    nothing: "no triggers: muster trigger add NAME RUNBOOK --on vm-appeared"))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a trigger and its last firings.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The trigger.") var name: String

        func run() async throws {
            let lab = try await Composition(options)
            let trigger = try lab.orchestrator.trigger(name)
            let firings = try lab.store.firings(of: name, limit: 10)
            if options.json {
                var view = trigger.view.object ?? [:]
                view["firings"] = .list(firings.map(\.view))
                return Terminal.say(json: .object(view))
            }
            let state = trigger.isPaused ? " (paused)" : ""
            Terminal.say("\(name) starts \(trigger.runbook) on \(trigger.when)\(state)")
            let rows = firings.map { firing in
                [
                    firing.at.description, firing.outcome.rawValue,
                    firing.run?.description ?? "", firing.remark,
                ]
            }
            Terminal.say(
                Table(["AT", "OUTCOME", "RUN", "REMARK"], rows).text(
                    nothing: "it has not fired yet"))
        }
    }

    struct Pause: LeadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets things happen until it is resumed.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The trigger.") var name: String

        func act(_ lead: Lead) async throws -> Value {
            try await lead.lab.orchestrator.pauseTrigger(
                name, true, by: lead.person, under: lead.token
            ).view
        }

        func tell(_ outcome: Value) { Terminal.say("\(name) is paused") }
    }

    struct Resume: LeadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Goes on with what happens from now.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The trigger.") var name: String

        func act(_ lead: Lead) async throws -> Value {
            try await lead.lab.orchestrator.pauseTrigger(
                name, false, by: lead.person, under: lead.token
            ).view
        }

        func tell(_ outcome: Value) { Terminal.say("\(name) goes on") }
    }

    struct Remove: LeadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a trigger away; its runs stay.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The trigger.") var name: String

        func act(_ lead: Lead) async throws -> Value {
            try await lead.lab.orchestrator.removeTrigger(
                name, by: lead.person, under: lead.token)
            return ["name": .text(name)]
        }

        func tell(_ outcome: Value) { Terminal.say("\(name) is no more") }
    }
}

extension RunTrigger.Cause: ExpressibleByArgument {}
extension ReplicationHealth: ExpressibleByArgument {}
extension RunState: ExpressibleByArgument {}
