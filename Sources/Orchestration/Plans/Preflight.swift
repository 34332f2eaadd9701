// The engine's own preflight (P-4): every vm of the plan is looked at, and every fault is told at
// once.
import Fabric
import Model
import Replication

struct Preflight: Sendable {
    private let services: Services
    private let vms: [String]
    private let kind: FailoverKind
    private let origin: String
    private let destination: String
    private let reverses: Bool
    private let reason: String?
    private let dependencies: [String: [String]]
    private let overrides: [String: MachineOverrides]

    init(call: PrimitiveCall) {
        services = call.services
        vms = (call.arguments["vms"]?.list ?? []).compactMap(\.machineName)
        kind = call.option("kind")?.text.flatMap(FailoverKind.init) ?? .planned
        origin = call.option("origin")?.text ?? ""
        destination = call.option("destination")?.text ?? ""
        reverses = call.option("reverse")?.boolean ?? true
        reason = call.option("reason")?.text
        overrides = (call.option("overrides")?.object ?? [:]).mapValues { MachineOverrides($0) }
        dependencies = (call.option("dependencies")?.object ?? [:]).mapValues { needed in
            (needed.list ?? []).compactMap(\.machineName)
        }
    }

    /// What each vm would lose; raises `plan.preflight_failed` with every fault.
    func run() async throws -> Value {
        for site in [origin, destination] { try await services.fabric.site(named: site) }
        let sites = try await services.fabric.sites()
        let isOriginThere = try await services.fabric.answers(origin)
        guard try await services.fabric.answers(destination) else {
            throw Failure(.preflightFailed, "the site \(destination) does not answer")
        }
        var faults: [String] = []
        var losses: [String: Value] = [:]
        var networks = NetworkPreflight(
            services: services, sites: sites, isOriginThere: isOriginThere, kind: kind)
        if let fault = originFault(isThere: isOriginThere) { faults.append(fault) }
        var levels: [String: DependencyLevel] = [:]
        for vm in vms {
            let protection = try await services.replication.protection(of: vm)
            levels[vm] = protection.map {
                DependencyLevel(vm: vm, protection: $0, destination: destination)
            }
            // What an earlier run failed over already is not touched (P-7), and loses nothing.
            if protection?.production.site == destination { continue }
            faults += try await self.faults(of: vm, protection, &networks)
            if let loss = try? await services.replication.lossWindow(of: vm) {
                losses[vm] = .float(kind == .unplanned ? loss.seconds : 0)
            }
        }
        faults += try networks.shortages()
        faults += dependencyFaults(levels)
        guard faults.isEmpty else {
            throw Failure(
                .preflightFailed, faults.joined(separator: "; "),
                context: ["faults": String(faults.count)])
        }
        return ["loss": .object(losses)]
    }

    /// One that is not protected at all is a fault of its own.
    private func dependencyFaults(_ levels: [String: DependencyLevel]) -> [String] {
        vms.flatMap { vm in
            (dependencies[vm] ?? []).flatMap { needed -> [String] in
                guard let level = levels[vm], let other = levels[needed] else { return [] }
                return level.faults(of: other)
            }
        }
    }

    private func originFault(isThere: Bool) -> String? {
        switch kind {
        case .planned, .failback:
            isThere ? nil : "the site \(origin) does not answer, so nothing can be shut down there"
        case .unplanned:
            isThere && reason == nil
                ? "the site \(origin) still answers: an unplanned failover needs a reason (--reason)"
                : nil
        case .test: nil
        }
    }

    private func faults(
        of vm: String, _ protection: Protection?, _ networks: inout NetworkPreflight
    ) async throws -> [String] {
        guard let protection else { return ["\(vm) is not protected"] }
        if protection.primary.site != origin || protection.replica.site != destination {
            return [
                "\(vm) is replicated from \(protection.primary.site) to \(protection.replica.site),"
                    + " not from \(origin) to \(destination)"
            ]
        }
        var replica = try await services.fabric.machine(protection.replica)
        do {
            if let overrides = overrides[vm] { try replica.override(overrides) }
        } catch {
            return [error.message]
        }
        return try await stateFaults(of: protection)
            + networks.faults(of: protection, replica, overrides[vm])
            + replicationFaults(of: vm)
    }

    /// What replication itself would refuse half way: a reversal towards a site that takes no
    /// replicas, and an encrypted replica whose key is not at hand.
    private func replicationFaults(of vm: String) async throws -> [String] {
        let replication = services.replication
        var faults: [String] = []
        do { try await replication.checkKey(of: vm) } catch let failure as Failure {
            faults.append(failure.message)
        }
        guard reverses, kind == .planned || kind == .failback else { return faults }
        do { try await replication.checkReversal(vm) } catch let failure as Failure {
            faults.append(failure.message)
        }
        return faults
    }

    private func stateFaults(of protection: Protection) -> [String] {
        let vm = protection.vm
        if protection.points.isEmpty { return ["\(vm) has no recovery point; sync it first"] }
        let event: ProtectionState.Event =
            switch kind {
            case .planned, .failback: .prepared
            case .unplanned: .unplannedStarted
            case .test: .cycleSucceeded
            }
        let isPrepared = protection.state == .preparedForFailover && kind != .test
        if isPrepared || (try? protection.state.after(event)) != nil { return [] }
        return [
            "\(vm) is \(protection.state.rawValue), so it cannot be failed over (\(kind.rawValue))"
        ]
    }
}
