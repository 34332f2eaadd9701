// What two sites agree on before anything crosses: whether the receiver takes replicas from the
// sender and where they land (R-1, R-4), in which version logs are written (R-5), and which hosts
// the machine may run on (R-3). Agreed when a machine is protected and at every change of roles;
// looked at again before every cycle, for configurations and hosts change.
import Fabric
import Model

extension ReplicationEngine {
    /// Raises `replication.reversal_impossible` when the direction of the protection could not be
    /// turned round: the site that is the primary now takes no replicas from the other one, or
    /// speaks an older version. Ask before a planned failover shuts anything down (R-4).
    package func checkReversal(_ vm: String) async throws {
        try checkReversal(of: try await required(vm))
    }

    /// The same of a protection at hand.
    package func checkReversal(of protection: Protection) throws {
        _ = try reversedAgreement(of: protection)
    }

    /// Raises `replication.primary_refused` and `replication.version_refused`.
    func agreement(
        from source: String, to target: String, standing: ProtectionAgreement
    ) throws(Failure) -> ProtectionAgreement {
        var agreement = standing
        agreement.places[target] = try place(from: source, to: target)
        let (own, theirs) = (policy.server(at: source).version, policy.server(at: target).version)
        guard own <= theirs else {
            throw Failure(
                .versionRefused,
                "site '\(source)' speaks version \(own) and site '\(target)' only \(theirs): the "
                    + "site that receives is upgraded first",
                context: ["source": source, "target": target])
        }
        agreement.version = min(own, ReplicaServer.versionMax)
        return agreement
    }

    /// What the sites agree on once the roles are changed.
    func reversedAgreement(of protection: Protection) throws(Failure) -> ProtectionAgreement {
        do throws(Failure) {
            return try agreement(
                from: protection.replica.site, to: protection.primary.site,
                standing: protection.agreement)
        } catch {
            throw Failure(
                .reversalImpossible,
                "\(protection.vm) could not be replicated back from '\(protection.replica.site)' "
                    + "to '\(protection.primary.site)': \(error.message)",
                context: ["vm": protection.vm, "site": protection.primary.site], cause: error)
        }
    }

    /// Notes where the primary runs: hosts of the same trust group may take it over.
    func admitted(
        _ agreement: ProtectionAgreement, _ primary: VirtualMachine
    ) async throws -> ProtectionAgreement {
        var agreement = agreement
        agreement.host = primary.host
        agreement.trustGroup = try await trustGroup(of: primary)
        return agreement
    }

    /// Raises `replication.primary_refused` or `replication.trust_refused` when the replica's site
    /// does not take, or no longer takes, what this primary sends.
    func checkAdmission(_ protection: Protection) async throws {
        let (source, target) = (protection.primary.site, protection.replica.site)
        _ = try place(from: source, to: target)
        let agreement = protection.agreement
        let primary = try await fabric.machine(protection.primary)
        guard let host = agreement.host, primary.host != host else { return }
        let found = try await trustGroup(of: primary)
        guard found != agreement.trustGroup else { return }
        throw Failure(
            .trustRefused,
            "\(protection.primary) has moved to host '\(primary.host)' of trust group "
                + "\(found.map { "'\($0)'" } ?? "none"), and site '\(target)' trusts "
                + "\(agreement.trustGroup.map { "'\($0)'" } ?? "hosts without one"); move it back, "
                + "tag the host, or protect the machine again",
            context: ["vm": protection.vm, "host": primary.host, "site": target])
    }

    private func place(from source: String, to target: String) throws(Failure) -> String? {
        switch policy.server(at: target).accepts.verdict(on: source) {
        case .place(let place): return place
        case .refused:
            throw Failure(
                .primaryRefused,
                "site '\(target)' takes no replicas from '\(source)'; name it among the peers that "
                    + "'\(target)' accepts, or choose another site",
                context: ["source": source, "site": target])
        }
    }

    private func trustGroup(of machine: VirtualMachine) async throws -> String? {
        let site = try await fabric.sites().first { $0.name == machine.id.site }
        return site?.hosts.first { $0.name == machine.host }?.trustGroup
    }
}
