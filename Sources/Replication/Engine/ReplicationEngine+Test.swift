// The test failover: a temporary machine with disks of its own, so that cycles go on and nothing
// the test does reaches the replica (F-1).
import Fabric
import Model

extension ReplicationEngine {
    /// Makes `VM-test` at the replica's site, turned off, with the disks of a point, its cards on
    /// an isolated network (of that name, or the first of its host) or unplugged. Cycles go on.
    ///
    /// Asked again while it stands, it answers with the machine that is there. `duration`: when the
    /// next operation on the machine finds the test to be older it deletes it; without one the test
    /// stands until ``cleanUp(_:operation:)``. Raises `replication.point_missing`,
    /// `replication.network_not_isolated`, `replication.key_missing`, and what
    /// ``proveContent(of:point:)`` raises.
    package func testFailover(
        _ vm: String, point: Int? = nil, network: String? = nil, duration: Duration? = nil,
        proof: ProofPolicy = .required, operation: String? = nil
    ) async throws -> MachineID {
        try await perform(vm, operation, done: { $0.testMachine(of: $1) }) { protection in
            if let test = protection.test, !test.isAbandoned(at: clock.now) { return test.machine }
            let begunAt = clock.now
            _ = try opening(of: protection)
            var protection = try await settleForReading(protection)
            let chosen = try RecoveryPointChain.point(point, of: protection)
            let replica = try await fabric.machine(protection.replica)
            let switchName = try await testSwitch(
                network, host: replica.host, at: protection.replica.site)
            var machine = try replica.makeTest(on: switchName)
            var test = TestFailoverRecord(
                machine: machine.id, point: chosen.sequence, endsAt: duration.map { clock.now + $0 }
            )
            test.proof = try await prove(chosen, of: protection, proof)
            // Recorded before it is made: whatever happens, clean-up finds it.
            protection.test = test
            let taken = try await taking(forTest: machine, on: switchName, protection, replica)
            try await ledger.save(protection, moving: taken)
            for given in try await ledger.addresses(of: machine.id) { machine.bear(given) }
            do {
                try await fabric.define(machine)
                try await fill(machine.id, chosen, protection)
            } catch {
                // What cannot be deleted now is deleted when the replica is settled next; the first
                // error is the one to tell.
                _ = try? await endTest(protection)
                throw error
            }
            protection.test?.isReady = true
            protection.service.lastDrill = ServiceRecord.Exercise(
                kind: .test, begunAt: begunAt, readyAt: clock.now, cutAt: chosen.cutAt)
            protection.note("testFailover", key: operation, point: chosen.sequence)
            try await ledger.save(protection)
            return machine.id
        }
    }

    /// Stops and deletes the temporary machine; succeeds when there is none.
    package func cleanUp(_ vm: String, operation: String? = nil) async throws {
        _ = try await perform(vm, operation) { protection in
            try await deleteTestMachine(protection)
            var cleaned = protection
            cleaned.test = nil
            return try await save(
                cleaned, after: nil, verb: "cleanUp", operation: operation,
                moving: try await releasing(protection.test?.machine))
        }
    }

    /// Deletes a test machine that nobody can be using: its test died before it was ready, or its
    /// time is up.
    func endAbandonedTest(_ protection: Protection) async throws -> Protection {
        guard protection.test?.isAbandoned(at: clock.now) == true else { return protection }
        return try await endTest(protection)
    }

    private func endTest(_ protection: Protection) async throws -> Protection {
        try await deleteTestMachine(protection)
        var ended = protection
        ended.test = nil
        try await ledger.save(ended, moving: try await releasing(protection.test?.machine))
        return ended
    }

    func deleteTestMachine(_ protection: Protection) async throws {
        guard let id = protection.test?.machine else { return }
        guard try await fabric.machine(ifAny: id)?.role == .test else { return }
        try await fabric.stop(id)
        try await fabric.remove(id)
    }

    /// A replica that has become production is not settled; its points cannot be tested any more.
    private func settleForReading(_ protection: Protection) async throws -> Protection {
        let replica = try await fabric.machine(protection.replica)
        guard replica.role == .replica else {
            throw Failure(
                .transitionRefused,
                "\(protection.replica) is production, not a replica that could be tested",
                context: ["vm": protection.vm, "state": protection.state.rawValue])
        }
        return try await settle(protection)
    }

    private func testSwitch(
        _ wanted: String?, host name: String, at siteName: String
    ) async throws -> String? {
        let sites = try await fabric.sites()
        let site = sites.first { $0.name == siteName }
        let switches = site?.hosts.first { $0.name == name }?.switches ?? []
        let isolated = site?.networks.filter(\.isIsolated).map(\.name) ?? []
        guard let wanted else {
            return switches.first { isolated.contains($0.network) }?.name
        }
        guard isolated.contains(wanted) else {
            throw Failure(
                .networkNotIsolated,
                "'\(wanted)' is no isolated network of site '\(siteName)'; isolated are: "
                    + (isolated.isEmpty ? "none" : isolated.joined(separator: ", ")),
                context: ["network": wanted, "site": siteName])
        }
        guard let found = switches.first(where: { $0.network == wanted }) else {
            throw Failure(
                .switchMissing,
                "host '\(name)' of site '\(siteName)' has no switch on network '\(wanted)'",
                context: ["host": name, "site": siteName, "network": wanted])
        }
        return found.name
    }

    private func fill(
        _ test: MachineID, _ point: RecoveryPoint, _ protection: Protection
    ) async throws {
        let side = try await replicaSide(protection)
        let targets = try await imagePaths(protection.disks, of: test)
        let cipher = try opening(of: protection)?.disks
        try await blocking { [files] in
            let reader = try side.open(point.sequence, of: protection)
            for (disk, target) in targets.enumerated() {
                try reader.copy(disk: disk, to: target, files: files, opening: cipher)
            }
        }
    }
}

extension Protection {
    fileprivate func testMachine(of record: OperationRecord) -> MachineID {
        test?.machine ?? MachineID(site: replica.site, name: "\(vm)-test")
    }
}

extension VirtualMachine {
    fileprivate mutating func bear(_ given: GivenAddress) {
        for index in nics.indices where nics[index].name == given.nic {
            nics[index].setAddress(given.address.description)
        }
    }

    fileprivate func makeTest(on switchName: String?) throws(Failure) -> VirtualMachine {
        var machine = self
        machine.id.name = try Name.checked("\(id.name)-test", "test machine")
        machine.role = .test
        machine.power = .off
        for index in machine.nics.indices {
            machine.nics[index].switchName = switchName
            machine.nics[index].failoverAddress = nil
        }
        return machine
    }
}
