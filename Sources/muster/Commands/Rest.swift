// `muster resync` and `set`: how a protection goes on. `muster suspend` and `resume` take machines
// too, and stand with the runs.
import ArgumentParser
import Model
import Orchestration
import Replication

struct ResyncCommand: LeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "resync",
        abstract: "Compares all blocks and sends those that differ; the points are kept.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine, or MACHINE:extended.") var vm: String
    @Option(help: "Not now, but by itself at that time: 22:00, or ISO 8601 in UTC.")
    var at: String?

    func act(_ lead: Lead) async throws -> Value {
        let lab = lead.lab
        try await lab.requireProtected(vm)
        if let at {
            let time = try Timestamp(text: at, from: lab.clock.now)
            return try await lab.replication.setResyncTime(time, of: vm).view
        }
        return try await lead.following(vm) {
            try await lab.replication.resync(vm).view
        }
    }

    func tell(_ outcome: Value) {
        Terminal.say(
            at.map { "\(vm) is compared at \($0) by the engine that serves" }
                ?? "\(vm) is in step again, at point \(outcome.word("sequence"))")
    }
}

struct SetCommand: LeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Changes the terms of a protection.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine, or MACHINE:extended.") var vm: String
    @Option(help: "How often changes are sent: continuous, 30s, 5m or 15m.") var interval: String?
    @Option(help: "Hours between application-consistent points, 0 to 24; 0 is never.")
    var consistentEvery: Int?
    @Option(help: "The consistency group it is cut with; \"\" takes it out.") var group: String?
    @Option(help: "When the first copy begins by itself: 22:00, or ISO 8601 in UTC.")
    var firstCopyAt: String?
    @Flag(help: "Count what `measure` shows anew from now on.") var resetStatistics = false

    func act(_ lead: Lead) async throws -> Value {
        let engine = lead.lab.replication
        var protection = try await lead.lab.requireProtected(vm)
        if let interval {
            protection = try await engine.setInterval(ReplicationInterval(text: interval), of: vm)
        }
        if let consistentEvery {
            protection = try await engine.setConsistency(of: vm, everyHours: consistentEvery)
        }
        if let group {
            protection = try await engine.setGroup(group.isEmpty ? nil : group, of: vm)
        }
        if let firstCopyAt {
            let time = try Timestamp(text: firstCopyAt, from: lead.lab.clock.now)
            protection = try await engine.setFirstCopyTime(time, of: vm)
        }
        if resetStatistics { protection = try await engine.resetStatistics(of: vm) }
        return protection.view
    }

    func tell(_ outcome: Value) {
        let group = outcome["group"]?.text.map { ", in the group \($0)" } ?? ""
        Terminal.say("\(outcome.protectionLine), every \(outcome.word("interval"))\(group)")
    }
}

extension Composition {
    /// The protection; raises the refusal that names the nearest protected machine.
    @discardableResult
    func requireProtected(_ key: String) async throws -> Protection {
        guard let protection = try await replication.protection(of: key) else {
            throw try await notProtected(key)
        }
        return protection
    }
}
