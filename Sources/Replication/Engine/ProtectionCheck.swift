// Whether a machine may be protected as asked, and what its protection and its replica look like.
import Fabric
import Model

struct ProtectionCheck {
    private let primary: VirtualMachine
    private let options: ProtectionOptions

    init(_ primary: VirtualMachine, _ options: ProtectionOptions) {
        self.primary = primary
        self.options = options
    }

    func protection() throws(Failure) -> Protection {
        try checkRole()
        let consistency = try ApplicationConsistency(checked: options.consistentEveryHours)
        try checkTerms()
        let chosen = try chosenDisks()
        let names = Set(chosen.map(\.name))
        var protection = Protection(
            vm: primary.id.name, primary: primary.id,
            replica: MachineID(site: options.target, name: primary.id.name),
            interval: options.interval, isCompressed: options.isCompressed,
            pointsKept: options.pointsKept,
            disks: chosen.map { ProtectedDisk(name: $0.name, size: $0.size) },
            excludedDisks: primary.disks.map(\.name).filter { !names.contains($0) },
            epoch: primary.epoch)
        protection.consistency = consistency
        protection.terms = options.terms
        return protection
    }

    /// Raises `usage.invalid` and `replication.interval_invalid`.
    func checkTerms() throws(Failure) {
        guard 1...Limits.recoveryPointsMax ~= options.pointsKept else {
            throw Failure(
                .usage,
                "\(options.pointsKept) recovery points cannot be kept; choose 1 to "
                    + "\(Limits.recoveryPointsMax)")
        }
        let terms = options.terms
        if let seconds = terms.rpoSeconds {
            try options.interval.check(against: .seconds(seconds), of: primary.id.name)
        }
        guard 1...Int(Limits.monitoringPeriodMax.components.seconds) ~= terms.monitoringSeconds
        else {
            throw Failure(
                .usage,
                "health of \(primary.id.name) cannot look back \(terms.monitoringSeconds) "
                    + "seconds; choose up to \(Limits.monitoringPeriodMax.text)")
        }
    }

    private func checkRole() throws(Failure) {
        guard primary.role == .production else {
            throw Failure(
                .alreadyProtected,
                "\(primary.id) is a \(primary.role.rawValue) machine; protect the production one",
                context: ["vm": primary.id.name, "site": primary.id.site])
        }
        guard options.target != primary.id.site else {
            throw Failure(
                .alreadyProtected,
                "\(primary.id) cannot replicate to its own site; name another one",
                context: ["vm": primary.id.name, "site": primary.id.site])
        }
    }

    private func chosenDisks() throws(Failure) -> [Disk] {
        let names = primary.disks.map(\.name)
        for wanted in options.disks ?? [] where !names.contains(wanted) {
            throw Failure(
                .unknownName,
                "\(primary.id) has no disk '\(wanted)'" + Spelling.hint(for: wanted, among: names),
                context: ["vm": primary.id.name, "disk": wanted])
        }
        let chosen = primary.disks.filter { options.disks?.contains($0.name) ?? true }
        if let disk = chosen.first(where: { $0.kind != .image }) {
            throw Failure(
                .diskNotReplicable,
                "\(disk.name) of \(primary.id) is a \(disk.kind.rawValue) disk and cannot be "
                    + "replicated; choose the other disks by name",
                context: ["vm": primary.id.name, "disk": disk.name, "kind": disk.kind.rawValue])
        }
        guard !chosen.isEmpty else {
            throw Failure(
                .usage, "\(primary.id) has no disk to replicate", context: ["vm": primary.id.name])
        }
        return chosen
    }
}

extension Protection {
    /// The replica as it is made: the primary's configuration, turned off. A card whose switch the
    /// host has not is left unplugged; network mapping and preflight put it where it belongs.
    func makeReplica(of primary: VirtualMachine, on host: Host) -> VirtualMachine {
        var machine = primary
        machine.id = replica
        machine.host = host.name
        machine.disks = disks.map { Disk(name: $0.name, size: $0.size) }
        machine.power = .off
        machine.role = .replica
        for index in machine.nics.indices {
            let hasSwitch = host.switches.contains { $0.name == machine.nics[index].switchName }
            if !hasSwitch { machine.nics[index].switchName = nil }
        }
        return machine
    }
}
