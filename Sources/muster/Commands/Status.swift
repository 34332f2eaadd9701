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
    @Argument(help: "The machines, or MACHINE:extended; all.") var vms: [String] = []
    @Flag(help: "Only those whose health is not normal.") var unhealthy = false
    @Flag(help: "Go on showing it, as it changes, until interrupted.") var watch = false

    func run() async throws {
        let lab = try await Composition(options, for: .tenants)
        guard watch else { return try await show(lab) }
        try await Redrawing(clock: lab.clock).run(on: lab.notifier.listen()) {
            try await show(lab)
        }
    }

    private func show(_ lab: Composition) async throws {
        let now = lab.clock.now
        let protections = try await chosen(lab, now)
        let healths = protections.map { ReplicationHealth(of: $0, now: now) }
        let pending = try await lab.replication.pending(of: protections)
        if options.json {
            let views = protections.indices.map { view(protections[$0], healths[$0], pending[$0]) }
            return Terminal.say(json: .list(views))
        }
        let rows = protections.indices.map { row(protections[$0], healths[$0], pending[$0], now) }
        let table = Table(
            ["VM", "FROM → TO", "STATE", "HEALTH", "AGE", "PENDING", "EVERY"], rows)
        if watch { Terminal.clear() }
        Terminal.say(table.text(nothing: nothing))
        if pending.contains(.unread) { Terminal.say(sum(healths)) }
    }

    private func chosen(_ lab: Composition, _ now: Timestamp) async throws -> [ProtectionSummary] {
        let named = try await named(lab)
        return unhealthy
            ? named.filter { ReplicationHealth(of: $0, now: now) != .normal } : named
    }

    /// Those that were asked for: a machine's name means each of its protections.
    private func named(_ lab: Composition) async throws -> [ProtectionSummary] {
        let own = try await lab.ownNames()
        let all = try await lab.replication.summaries().filter { own?.contains($0.vm) ?? true }
        if vms.isEmpty { return all }
        let names = Set(vms)
        let named = all.filter { names.contains($0.vm) || names.contains($0.key) }
        let found = Set(named.flatMap { [$0.vm, $0.key] })
        if let missing = vms.first(where: { !found.contains($0) }) {
            throw try await lab.notProtected(missing)
        }
        return named
    }

    private var nothing: String {
        unhealthy
            ? "the health of all is normal"
            : "nothing is protected yet: muster protect NAME --target SITE"
    }

    private func row(
        _ protection: ProtectionSummary, _ health: ReplicationHealth, _ pending: PendingBytes,
        _ now: Timestamp
    ) -> [String] {
        let bytes =
            switch pending {
            case .known(let bytes): bytes.description
            case .unreachable: "?"
            case .unread: "–"
            }
        return [
            protection.key, "\(protection.primarySite) → \(protection.replicaSite)",
            protection.state.rawValue, health.rawValue,
            protection.latestCutAt.map { (now - $0).readable } ?? "never", bytes,
            protection.interval.rawValue,
        ]
    }

    /// `10000 protections: 3 critical, 20 warning, 9977 normal; …`
    private func sum(_ healths: [ReplicationHealth]) -> String {
        let counts = ReplicationHealth.allCases.reversed().map { health in
            "\(healths.count { $0 == health }) \(health.rawValue)"
        }
        return "\(healths.count) protections: \(counts.joined(separator: ", ")); what is pending "
            + "is read of \(Limits.pendingReadMax) at most:\n"
            + "  muster status NAME…\n  muster status --unhealthy"
    }

    private func view(
        _ protection: ProtectionSummary, _ health: ReplicationHealth, _ pending: PendingBytes
    ) -> Value {
        [
            "vm": .text(protection.vm), "key": .text(protection.key),
            "primary": .text(protection.primary.description),
            "replica": .text(protection.replica.description),
            "state": .text(protection.state.rawValue), "health": .text(health.rawValue),
            "latest_cut_at": protection.latestCutAt.map { .text($0.description) } ?? .null,
            "pending_bytes": pending.bytes.map { .integer($0.bytes) } ?? .null,
            "interval": .text(protection.interval.rawValue),
            "succeeded": .integer(Int64(protection.succeeded)),
            "errors": .integer(Int64(protection.errors)),
            "last_error": protection.lastError.map { .text($0) } ?? .null,
        ]
    }
}
