// `muster status`: every protection at a glance.
import ArgumentParser
import Model
import Orchestration
import Replication
import Store

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows every protection: state, health, age, pending.")

    @OptionGroup var options: LabOptions

    @Flag(help: "Go on showing it, as it changes, until interrupted.") var watch = false

    func run() async throws {
        let lab = try await Composition(options)
        try await show(lab)
        guard watch else { return }
        let notices = try lab.notifier.listen()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // What has changed is rung; ages grow by themselves.
            group.addTask { for await _ in notices { try await show(lab) } }
            group.addTask {
                while true {
                    try await lab.clock.sleep(until: lab.clock.now + Self.pause)
                    try await show(lab)
                }
            }
            try await group.next()
        }
    }

    private static let pause = Duration.seconds(1)

    private func show(_ lab: Composition) async throws {
        let now = lab.clock.now
        var rows: [[String]] = []
        var views: [Value] = []
        for protection in try await lab.replication.protections() {
            let measure = try await lab.replication.measure(protection.key)
            let age = protection.points.last.map { (now - $0.cutAt).readable } ?? "never"
            rows.append([
                protection.key, "\(protection.primary.site) → \(protection.replica.site)",
                protection.state.rawValue, measure.health.rawValue, age,
                measure.pending.map(\.description) ?? "?", protection.interval.rawValue,
            ])
            views.append(view(protection, measure))
        }
        if options.json { return Terminal.say(json: .list(views)) }
        if watch { Terminal.clear() }
        Terminal.say(
            Table(["VM", "FROM → TO", "STATE", "HEALTH", "AGE", "PENDING", "EVERY"], rows).text(
                nothing: "nothing is protected yet: muster protect NAME --target SITE"))
    }

    private func view(_ protection: Protection, _ measure: ReplicationMeasure) -> Value {
        [
            "vm": .text(protection.vm), "key": .text(protection.key),
            "primary": .text(protection.primary.description),
            "replica": .text(protection.replica.description),
            "state": .text(protection.state.rawValue), "health": .text(measure.health.rawValue),
            "latest_cut_at": protection.points.last.map { .text($0.cutAt.description) } ?? .null,
            "pending_bytes": measure.pending.map { .integer($0.bytes) } ?? .null,
            "interval": .text(protection.interval.rawValue),
            "succeeded": .integer(Int64(measure.succeeded)),
            "errors": .integer(Int64(measure.errors)),
            "last_error": measure.lastError.map { .text($0) } ?? .null,
        ]
    }
}
