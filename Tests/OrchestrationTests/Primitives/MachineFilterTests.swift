// Which machines `fabric.select` gives, and which of them can be reached.
import Model
import Orchestration
import Testing

@Suite struct MachineFilterTests {
    private let web = VirtualMachine(
        id: MachineID(site: "oslo", name: "web01"), host: "o1", power: .running,
        tags: ["web", "front"], subscription: "contoso")

    private static let conditions: [(Value, Bool)] = [
        ([:], true), (.list([]), true),
        (["tag": "web"], true), (["tag": "front"], true), (["tag": "we"], false),
        (["site": "oslo"], true), (["site": "bergen"], false),
        (["host": "o1"], true), (["host": "o2"], false),
        (["subscription": "contoso"], true), (["subscription": "fabrikam"], false),
        (["power": "running"], true), (["power": "off"], false),
        (["protected": true], true), (["protected": false], false),
        (["tag": "web", "site": "oslo", "power": "running"], true),
        (["tag": "web", "site": "bergen", "power": "running"], false),
    ]

    @Test(arguments: conditions)
    func `a machine must agree with every condition that is given`(
        conditions: Value, isWanted: Bool
    ) {
        let view = MachineView(web, protection: .replicating)
        #expect(MachineFilter(conditions).matches(view) == isWanted)
    }

    @Test func `a machine without protection is found by that`() {
        let view = MachineView(web, protection: nil)
        #expect(MachineFilter(["protected": false]).matches(view))
        #expect(!MachineFilter(["protected": true]).matches(view))
    }

    @Test func `a machine of the house belongs to no subscription`() {
        var machine = web
        machine.subscription = nil
        let view = MachineView(machine, protection: nil)
        #expect(!MachineFilter(["subscription": "contoso"]).matches(view))
        #expect(view.value["subscription"] == nil)
    }

    private static let cards: [(NetworkCard, Bool)] = [
        (card("tenant", "10.1.0.11"), true), (card("tenant", "2001:db8::1"), true),
        (card(nil, "10.1.0.11"), false), (card("tenant", nil), false),
        (card("tenant", "169.254.7.9"), false), (card("tenant", "FE80::1"), false),
    ]

    @Test(arguments: cards)
    func `a machine is reachable with a connected card and a real address`(
        card: NetworkCard, isReachable: Bool
    ) {
        var machine = web
        machine.nics = [card]
        #expect(machine.isReachable == isReachable)
        machine.nics = [Self.card(nil, nil), card]
        #expect(machine.isReachable == isReachable)
        machine.power = .off
        #expect(!machine.isReachable)
    }

    @Test func `a machine is shown with the fields that editors are told of`() {
        var machine = web
        machine.disks = [Disk(name: "disk0", size: ByteCount(1 << 30))]
        machine.nics = [
            NetworkCard(
                name: "nic0", mac: "00:16:3e:00:00:01", switchName: "tenant", address: "10.1.0.11",
                failoverAddress: FailoverAddress(nil))
        ]
        machine.recovery = RecoveryTerms(
            target: "bergen", interval: .fiveMinutes, pointsKept: 1, rpoSeconds: 600,
            firstCopy: RecoveryTerms.QuietHour(at: "22:00", zone: "UTC"))
        let value = MachineView(machine, protection: .replicating).value
        // Its chain is told in a plan only.
        let told = Set((value.object ?? [:]).keys).union(["chain"])
        #expect(told == Set(MachineView.fields.map(\.name)))
        #expect(throws: Never.self) {
            try ValueType.record(MachineView.fields).check(
                value, CheckSubject("vm", code: .internalFault))
        }
    }

    private static func card(_ switchName: String?, _ address: String?) -> NetworkCard {
        NetworkCard(name: "nic0", mac: "m", switchName: switchName, address: address)
    }
}
