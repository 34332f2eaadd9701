// One suite for every fabric. A provider's tests call `exercise(fabric:)` with a factory; the world
// it makes has one site `oslo` with host `oslo-1` and switch `tenant`, one template `golden` with a
// disk and a card on that switch, and no machine.
import Foundation
import Model
import Testing

@testable import Fabric

/// Holds a fabric to the words of `FabricProvider`. `write` plays the guest of a running machine.
func exercise(
    fabric make: () async throws -> any FabricProvider,
    write: (MachineID, _ disk: String, _ offset: Int64, [UInt8]) async throws -> Void
) async throws {
    let fabric = try await make()
    let machine = World.machine()
    try await definesOnce(fabric, machine)
    try await refusesUnknownNames(fabric, machine.id)
    try await changesCards(fabric, machine.id)
    try await updatesWhatIsNotRunningState(fabric, machine.id)
    try await startsAndStops(fabric, machine.id)
    try await keepsHostsInMaintenance(fabric, machine.id)
    try await cutsWhatWasWritten(fabric, machine.id, write)
    try await removesTwice(fabric, machine)
    try await deploysOnce(fabric)
}

private func definesOnce(_ fabric: any FabricProvider, _ machine: VirtualMachine) async throws {
    try await fabric.define(machine)
    try await fabric.define(machine)
    #expect(try await fabric.machine(machine.id) == machine)
    #expect(try await fabric.machines(at: "oslo") == [machine])
    #expect(try await fabric.machines(at: nil) == [machine])
    #expect(try await fabric.sites().map(\.name).contains("oslo"))
    var other = machine
    other.processors += 1
    #expect(await code { try await fabric.define(other) } == .machineExists)
    other = machine
    other.role = .replica
    #expect(await code { try await fabric.define(other) } == .machineExists)
}

private func refusesUnknownNames(_ fabric: any FabricProvider, _ id: MachineID) async throws {
    let nobody = MachineID(site: id.site, name: "wbe")
    let nowhere = MachineID(site: "olso", name: id.name)
    for unknown in [nobody, nowhere] {
        #expect(await code { _ = try await fabric.machine(unknown) } == .unknownName)
        #expect(await code { try await fabric.start(unknown) } == .unknownName)
        #expect(await code { try await fabric.stop(unknown) } == .unknownName)
        #expect(await code { try await fabric.update(unknown) { $0.epoch += 1 } } == .unknownName)
        #expect(await code { _ = try await fabric.changeSource(of: unknown) } == .unknownName)
    }
    let error = await #expect(throws: Failure.self) { _ = try await fabric.machine(nobody) }
    #expect(error?.message.contains("did you mean 'web'") == true)
    #expect(await code { try await fabric.connect("nic9", of: id, to: nil) } == .unknownName)
    #expect(await code { _ = try await fabric.imagePath(of: "disk9", machine: id) } == .unknownName)
    #expect(await code { _ = try await fabric.machines(at: "olso") } == .unknownName)
}

private func changesCards(_ fabric: any FabricProvider, _ id: MachineID) async throws {
    for _ in 1...2 {
        try await fabric.connect("nic0", of: id, to: nil)
        try await fabric.setFailoverAddress(FailoverAddress("10.0.0.9"), nic: "nic0", of: id)
        try await fabric.setGuestAddress("10.0.0.8", nic: "nic0", of: id)
        let card = try await fabric.machine(id).nics[0]
        #expect(card.switchName == nil)
        #expect(card.failoverAddress == FailoverAddress("10.0.0.9"))
        #expect(card.address == "10.0.0.8")
    }
    #expect(await code { try await fabric.connect("nic0", of: id, to: "tennat") } == .switchMissing)
    try await fabric.connect("nic0", of: id, to: "tenant")
    try await fabric.setFailoverAddress(nil, nic: "nic0", of: id)
    #expect(try await fabric.machine(id).nics[0].failoverAddress == nil)
}

private func keepsHostsInMaintenance(
    _ fabric: any FabricProvider, _ id: MachineID
) async throws {
    try await fabric.move(id, to: "oslo-1")
    #expect(await code { try await fabric.move(id, to: "oslo-9") } == .unknownName)
    for _ in 1...2 {
        try await fabric.setMaintenance(
            HostMaintenance(reason: "new disks"), host: "oslo-1", at: "oslo")
    }
    #expect(try await fabric.site(named: "oslo").hosts[0].maintenance?.reason == "new disks")
    #expect(await code { try await fabric.start(id) } == .hostInMaintenance)
    for _ in 1...2 { try await fabric.setMaintenance(nil, host: "oslo-1", at: "oslo") }
    #expect(try await fabric.site(named: "oslo").hosts[0].maintenance == nil)
}

private func updatesWhatIsNotRunningState(
    _ fabric: any FabricProvider, _ id: MachineID
) async throws {
    try await fabric.update(id) {
        $0.epoch = 3
        $0.tags = ["gold"]
    }
    #expect(try await fabric.machine(id).epoch == 3)
    #expect(try await fabric.machine(id).tags == ["gold"])
    #expect(await code { try await fabric.update(id) { $0.epoch = 2 } } == .epochOutdated)
    #expect(await code { try await fabric.update(id) { $0.power = .running } } == .updateRefused)
    #expect(await code { try await fabric.update(id) { $0.disks = [] } } == .updateRefused)
    #expect(await code { try await fabric.update(id) { $0.host = "oslo-9" } } == .unknownName)
    try await fabric.update(id) {
        $0.disks.append(Disk(name: "added", size: ByteCount(8192)))
    }
    try await fabric.update(id) { $0.disks[$0.disks.count - 1].size = ByteCount(16_384) }
    #expect(try await fabric.machine(id).disks.last?.size.bytes == 16_384)
    let added = try await fabric.imagePath(of: "added", machine: id)
    #expect(try Data(contentsOf: URL(filePath: added)) == Data(count: 16_384))
    let shrinking: @Sendable (inout VirtualMachine) -> Void = {
        $0.disks[$0.disks.count - 1].size = ByteCount(512)
    }
    #expect(await code { try await fabric.update(id, shrinking) } == .updateRefused)
    let mine = Failure(.refused, "the caller's own")
    #expect(await code { try await fabric.update(id) { _ in throw mine } } == .refused)
}

private func startsAndStops(_ fabric: any FabricProvider, _ id: MachineID) async throws {
    for _ in 1...2 {
        try await fabric.start(id)
        #expect(try await fabric.machine(id).power == .running)
    }
    #expect(await code { try await fabric.remove(id) } == .machineRunning)
    #expect(await code { try await fabric.update(id) { $0.role = .replica } } == .machineRunning)
    for _ in 1...2 {
        try await fabric.stop(id)
        #expect(try await fabric.machine(id).power == .off)
    }
    try await fabric.update(id) { $0.role = .replica }
    #expect(await code { try await fabric.start(id) } == .machineIsReplica)
    try await fabric.update(id) { $0.role = .production }
}

private func cutsWhatWasWritten(
    _ fabric: any FabricProvider, _ id: MachineID,
    _ write: (MachineID, String, Int64, [UInt8]) async throws -> Void
) async throws {
    try await fabric.start(id)
    let source = try await fabric.changeSource(of: id)
    try source.acknowledge(try source.cut(everything: true).token)
    try await write(id, "disk0", 65_536, [UInt8](repeating: 7, count: 512))
    #expect(try source.pendingBytes().bytes == 65_536)
    let cut = try source.cut(everything: false)
    #expect(cut.coverage == .delta)
    try await write(id, "disk0", 65_536, [UInt8](repeating: 8, count: 512))
    #expect(cut.disks[0].extents == [1..<2])
    #expect(try cut.disks[0].bytes(65_536, 512) == [UInt8](repeating: 7, count: 512))
    try source.fail(cut.token)
    let again = try source.cut(everything: false)
    #expect(try again.disks[0].bytes(65_536, 512) == [UInt8](repeating: 8, count: 512))
    try source.acknowledge(again.token)
    #expect(try source.pendingBytes().bytes == 0)
    try await fabric.stop(id)
}

private func removesTwice(_ fabric: any FabricProvider, _ machine: VirtualMachine) async throws {
    for _ in 1...2 {
        try await fabric.remove(machine.id)
        #expect(await code { _ = try await fabric.machine(machine.id) } == .unknownName)
    }
}

private func deploysOnce(_ fabric: any FabricProvider) async throws {
    let templates = try await fabric.templates(at: "oslo")
    #expect(templates.map(\.name) == ["golden"])
    let terms = RecoveryTerms(
        target: "bergen", interval: .fiveMinutes, pointsKept: 2, rpoSeconds: 600, firstCopy: nil)
    var deployment = Deployment(
        of: "golden", as: MachineID(site: "oslo", name: "web"), for: "contoso", recovery: terms,
        operation: "1//1")
    let made = try await fabric.deploy(deployment)
    #expect(try await fabric.deploy(deployment) == made)
    #expect(try await fabric.machine(deployment.machine) == made)
    #expect(made.power == .off && made.role == .production && made.subscription == "contoso")
    #expect(made.recovery == terms && made.deployedBy == "1//1")
    #expect(made.nics.map(\.switchName) == ["tenant"])
    #expect(made.disks == templates.first?.disks)
    try await fabric.update(made.id) { $0.recovery = nil }
    #expect(try await fabric.machine(made.id).recovery == nil)
    deployment.operation = "2//1"
    #expect(await code { _ = try await fabric.deploy(deployment) } == .machineExists)
    deployment.machine.name = "other"
    deployment.template = "gloden"
    let failure = await #expect(throws: Failure.self) { try await fabric.deploy(deployment) }
    #expect(failure?.code == .unknownName && failure?.message.contains("'golden'?") == true)
    deployment.template = "golden"
    deployment.host = "oslo-9"
    #expect(await code { _ = try await fabric.deploy(deployment) } == .unknownName)
    #expect(await code { _ = try await fabric.templates(at: "olso") } == .unknownName)
    try await fabric.remove(made.id)
}

extension World {
    fileprivate func keepTemplate() async throws {
        try await fabric.addTemplate(
            MachineTemplate(site: "oslo", name: "golden", switches: ["tenant"]),
            disks: [.empty(size: ByteCount(1 << 20))])
    }
}

@Suite struct FabricConformanceTests {
    @Test func `the embedded fabric keeps its word`() async throws {
        let world = try await World()
        try await world.keepTemplate()
        try await exercise(fabric: { world.fabric }) { id, disk, offset, bytes in
            try await world.write(bytes[0], bytes.count, at: offset, disk, of: id)
        }
    }

    @Test func `a faulty fabric without faults keeps its word`() async throws {
        let world = try await World()
        try await world.keepTemplate()
        let faulty = FaultyFabric(world.fabric, plan: FaultPlan())
        try await exercise(fabric: { faulty }) { id, disk, offset, bytes in
            try await world.write(bytes[0], bytes.count, at: offset, disk, of: id)
        }
        #expect(faulty.log.writes.count > 20)
    }
}
