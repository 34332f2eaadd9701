// `muster protect`, `unprotect` and `sync`: the replication of machines.
import ArgumentParser
import Fabric
import Model
import Orchestration
import Replication

struct ProtectCommand: LeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "protect", abstract: "Makes a turned-off replica of a machine at another site."
    )

    @OptionGroup var options: LabOptions
    @OptionGroup var chosen: VMCommand.Chosen
    @Option(help: "The site that receives the replica.") var target: String
    @Option(help: "The host there, or a cluster; the first.") var host: String?
    @Option(help: "How often changes are sent: 30s, 5m, 15m or continuous.") var interval = "5m"
    @Option(help: "The most that may be lost; an interval is never longer.") var rpo: String?
    @Option(help: "When the first copy begins by itself: 22:00, or ISO 8601 in UTC.")
    var firstCopyAt: String?
    @Option(help: "Hours between application-consistent points, 0 to 24; 0 is never.")
    var consistentEvery = ApplicationConsistency.everyHoursDefault
    @Option(help: "What the way to the replica carries in a second: 10MiB.") var bandwidth: String?
    @Option(help: "The owner's key, by its name, under which logs and replica are sealed.")
    var key: String?
    @Flag(help: "The machine of that name that stands at the target becomes the replica.")
    var existing = false
    @Option(help: "Recovery points to keep, 1 to 24.") var points = 1
    @Option(help: "A disk to replicate; once for each; all when left out.")
    var disk: [String] = []
    @Flag(inversion: .prefixedNo, help: "Compress what is sent.") var compression = true

    func act(_ lead: Lead) async throws -> Value {
        let lab = lead.lab
        let protection = ProtectionOptions(
            target: target, host: host, interval: try ReplicationInterval(text: interval),
            isCompressed: compression, pointsKept: points, disks: disk.isEmpty ? nil : disk,
            consistentEveryHours: consistentEvery,
            ownerKey: key,
            terms: try terms(now: lab.clock.now), takesExisting: existing)
        let made = try await lab.replication.protect(chosen.machine(in: lab).id, protection)
        return [
            "vm": .text(made.vm), "primary": .text(made.primary.description),
            "replica": .text(made.replica.description), "state": .text(made.state.rawValue),
            "interval": .text(made.interval.rawValue),
            "excluded_disks": .list(made.excludedDisks.map { .text($0) }),
        ]
    }

    private func terms(now: Timestamp) throws(Failure) -> ProtectionTerms {
        var terms = ProtectionTerms()
        if let rpo { terms.rpoSeconds = Int(try Duration(text: rpo).seconds) }
        if let bandwidth { terms.bandwidth = try ByteCount(text: bandwidth) }
        if let firstCopyAt { terms.firstCopyAt = try Timestamp(text: firstCopyAt, from: now) }
        return terms
    }

    func tell(_ made: Value) {
        let left = made["excluded_disks"]?.list?.compactMap(\.text) ?? []
        let excluded = left.isEmpty ? "" : "; not replicated: \(left.joined(separator: ", "))"
        Terminal.say(
            "\(made.word("primary")) → \(made.word("replica")), every \(made.word("interval"))"
                + excluded)
    }
}

struct UnprotectCommand: LeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "unprotect", abstract: "Ends a machine's protection; the replica stays, off.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine.") var vm: String
    @Flag(help: "Delete the replica with its disks.") var deleteReplica = false

    func act(_ lead: Lead) async throws -> Value {
        guard let ended = try await lead.lab.replication.protection(of: vm) else {
            throw try await lead.lab.notProtected(vm)
        }
        try await lead.lab.replication.remove(vm, deletesReplica: deleteReplica)
        return [
            "vm": .text(vm), "state": "disabled", "replica": .text(ended.replica.description),
        ]
    }

    func tell(_ ended: Value) {
        let fate = deleteReplica ? "is deleted" : "stays, off"
        Terminal.say("\(vm) is not protected any more; \(ended.word("replica")) \(fate)")
    }
}

extension Composition {
    /// The refusal that names the nearest protected machine.
    func notProtected(_ vm: String) async throws -> Failure {
        let names = try await replication.summaries().map(\.key)
        let hint =
            Spelling.nearest(to: vm, among: names).map { "; did you mean '\($0)'?" }
            ?? ": muster protect \(vm) --target SITE"
        return Failure(.notProtected, "'\(vm)' is not protected\(hint)")
    }
}
