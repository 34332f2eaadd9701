// `muster subscription`: whose machines there are, who has the recovery add-on, and what it has
// come to. The add-on is given and taken by the runbooks `enable-dr-add-on` and
// `disable-dr-add-on`.
import ArgumentParser
import Model
import Orchestration
import Replication

struct SubscriptionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscription",
        abstract: "Shows subscriptions, their recovery add-on, and what it has come to.",
        discussion: """
            The add-on is given by `muster run enable-dr-add-on --param subscription=NAME --param \
            target=SITE`, and taken by `disable-dr-add-on`.
            """,
        subcommands: [List.self, Report.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the subscriptions and the terms of their add-on.")
        @OptionGroup var options: LabOptions

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            let all = try await SubscriptionDirectory(services: lab.orchestrator.services)
                .subscriptions(scope: lab.actor.tenant)
            if options.json { return Terminal.say(json: .list(all.map(\.view))) }
            Terminal.say(
                Table(
                    ["SUBSCRIPTION", "TARGET", "EVERY", "POINTS", "MAY LOSE", "FIRST COPY"],
                    all.map(\.row)
                ).text(
                    nothing: "no machine belongs to anybody: muster vm import --subscription NAME"))
        }
    }

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what a subscription has got: drills, losses, times (S-5).")
        @OptionGroup var options: LabOptions
        @Argument(help: "The subscription; your own.") var name: String?

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            guard let name = name ?? lab.actor.tenant else {
                throw Failure(.usage, "say whose report: muster subscription report NAME")
            }
            let services = lab.orchestrator.services
            let subscription = try await lab.orchestrator.admitting(lab.actor) {
                try await SubscriptionDirectory(services: services)
                    .subscription(name, for: lab.actor)
            }
            let report = try await ServiceReport(subscription, services: services)
            if options.json { return Terminal.say(json: report.view) }
            Terminal.say(report.text)
        }
    }
}

extension Subscription {
    fileprivate var row: [String] {
        guard let terms = addOn?.terms else { return [name, "–", "–", "–", "–", "–"] }
        return [
            name, terms.target, terms.interval.rawValue, String(terms.pointsKept),
            terms.rpoSeconds.map { Duration.seconds($0).text } ?? "–", terms.quietHour,
        ]
    }
}

extension RecoveryTerms {
    fileprivate var quietHour: String {
        firstCopy.map { "\($0.at) \($0.zone)" } ?? "at once"
    }
}
