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
            let lab = try await Composition(options)
            let all = try await SubscriptionDirectory(services: lab.orchestrator.services)
                .subscriptions()
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
        @Argument(help: "The subscription.") var name: String

        func run() async throws {
            let lab = try await Composition(options)
            let services = lab.orchestrator.services
            let subscription = try await SubscriptionDirectory(services: services)
                .subscription(name)
            let report = try await ServiceReport(subscription, services: services)
            if options.json { return Terminal.say(json: report.view) }
            Terminal.say("\(name): \(subscription.sentence)")
            let heads = [
                "VM", "SITE", "STATE", "HEALTH", "MAY LOSE", "KEPT", "WORST", "WOULD LOSE NOW",
                "LAST DRILL", "TOOK", "LAST FAILOVER", "TOOK",
            ]
            Terminal.say(
                Table(heads, report.lines.map { $0.row(at: report.at) }).text(
                    nothing: "  it has no machines"))
            if !report.uncovered.isEmpty {
                Terminal.say(
                    "not protected yet: \(report.uncovered.joined(separator: ", ")); "
                        + "muster run protect-new-machines")
            }
        }
    }
}

extension Subscription {
    fileprivate var row: [String] {
        guard let addOn else { return [name, "–", "–", "–", "–", "–"] }
        return [
            name, addOn.target, addOn.interval.rawValue, String(addOn.pointsKept),
            addOn.rpoSeconds.map { Duration.seconds($0).text } ?? "–", addOn.quietHour,
        ]
    }

    fileprivate var sentence: String {
        guard let addOn else { return "no recovery add-on" }
        return "recovery add-on to \(addOn.target), every \(addOn.interval.rawValue), first copy "
            + "\(addOn.quietHour); since \(addOn.attachedAt) by \(addOn.attachedBy)"
    }
}

extension RecoveryAddOn {
    fileprivate var quietHour: String {
        firstCopy.map { "\($0.at) \($0.zone)" } ?? "at once"
    }
}

extension ServiceReport.Line {
    fileprivate func row(at now: Timestamp) -> [String] {
        guard let protection else {
            return [vm, site, "not protected"] + Array(repeating: "–", count: 9)
        }
        let service = protection.service
        let worst = Duration.microseconds(service.worstMicroseconds)
        return [
            vm, site, protection.state.rawValue, health?.rawValue ?? "–",
            protection.rpo.text, keptPercent.map { "\($0) %" } ?? "–",
            service.worstMicroseconds > 0 ? worst.readable : "–",
            loss(at: now)?.readable ?? "–",
            service.lastDrill?.begunAt.description ?? "never",
            service.lastDrill?.spent.readable ?? "–",
            service.lastFailover?.begunAt.description ?? "never",
            service.lastFailover?.spent.readable ?? "–",
        ]
    }
}
