// What a vm has otherwise at the target: applied before it is powered on, taken back by the
// failback.
import Fabric
import Model
import Orchestration
import TestSupport
import Testing

@Suite struct OverrideTests {
    private static let text = onePlan(
        "",
        vms: #"""
            { machine { "sql01", overrides = {
              processors = 4, memory = "2GiB", switch = "storage", address = "10.2.0.11",
            } } }
            """#)

    private static let there = MachineID(site: "bergen", name: "sql01")

    @Test(arguments: [FailoverKind.planned, .unplanned])
    func `P-9: overrides are there when the vm is powered on`(kind: FailoverKind) async throws {
        let world = try await World()
        let home = try await world.fabric.machine(MachineID(site: "oslo", name: "sql01"))
        let report = try await world.plan(Self.text, kind, reason: "a drill")
        #expect(report.run.state == .completed, "\(report.text)")
        let vm = try await world.fabric.machine(Self.there)
        #expect(vm.processors == 4)
        #expect(vm.memory == ByteCount(2 << 30))
        #expect(vm.nics.map(\.switchName) == ["storage"])
        #expect(vm.nics.map(\.address) == ["10.2.0.11"])
        #expect(vm.power == .running)
        let calls = report.calls(in: "groups/only/vms/sql01")
        let override = try #require(calls.firstIndex(of: "fabric.override"))
        #expect(override < calls.firstIndex(of: "fabric.start") ?? 0)
        let left = try await world.fabric.machine(MachineID(site: "oslo", name: "sql01"))
        #expect(left.nics == home.nics)
        #expect(left.processors == home.processors)
    }

    @Test func `P-9: a failback takes them back, and the next failover applies them again`()
        async throws
    {
        let world = try await World()
        let before = try await world.fabric.machine(Self.there)
        _ = try await world.plan(Self.text)
        let home = try await world.plan(Self.text, .failback)
        #expect(home.run.state == .completed, "\(home.text)")
        let replica = try await world.fabric.machine(Self.there)
        #expect(replica.processors == before.processors)
        #expect(replica.memory == before.memory)
        #expect(replica.nics == before.nics)
        #expect(replica.original == nil)
        let again = try await world.plan(Self.text)
        #expect(again.run.state == .completed, "\(again.text)")
        #expect(try await world.fabric.machine(Self.there).processors == 4)
    }

    @Test func `P-9: a test's double has the size, and stays on its isolated network`()
        async throws
    {
        let world = try await World()
        let steps = #"""
            after = { step { "look", run = function()
              local double = fabric.vm "bergen/sql01-test"
              job.note("%d %d %s", double.processors, double.memory >> 30, double.nics[1].switch)
            end } },
            """#
        let report = try await world.plan(
            Self.text.replacing("groups =", with: steps + " groups ="), .test)
        #expect(report.run.state == .completed, "\(report.text)")
        #expect(report.notes.map(\.text) == ["4 2 isolated"])
    }

    @Test func `P-9: a value that the run has not made yet is an error, and never nil`()
        async throws
    {
        let world = try await World()
        func ask(_ place: String) -> String {
            onePlan(
                #"PLACE = { step { "ask", run = function(context)"#.replacing("PLACE", with: place)
                    + #" job.note("%s", plan.point(context.vm "sql01").cut_at) end } },"#)
        }
        let early = try await world.plan(ask("before"))
        #expect(early.run.failure?.cause?.code == .valueMissing)
        #expect(early.run.failure?.message.contains("sql01 has no point yet") == true)
        #expect(world.effects.writes.isEmpty)
        let late = try await world.plan(ask("after"))
        #expect(late.run.state == .completed, "\(late.text)")
        #expect(late.notes.map(\.text).first?.hasPrefix("2026-") == true)
        let unknown = try await world.plan(
            onePlan(
                #"before = { step { "ask", run = function(context) return context.ponit end } },"#),
            .failback)
        #expect(unknown.run.failure?.cause?.code == .unknownName)
    }

    @Test func `P-9: a switch or a card that is not there is a fault of preflight, by its name`()
        async throws
    {
        let world = try await World()
        func faults(_ overrides: String) async throws -> String {
            let vms = "{ machine { \"sql01\", overrides = { \(overrides) } } }"
            return try await world.plan(onePlan("", vms: vms)).run.failure?.message ?? ""
        }
        let noSwitch = try await faults(#"switch = "tenent""#)
        #expect(noSwitch.contains("wants the switch 'tenent'"))
        let noCard = try await faults(#"switch = "tenant", nic = "nic7""#)
        #expect(noCard.contains("has no card 'nic7'; did you mean 'nic0'?"))
        #expect(world.effects.writes.isEmpty)
    }
}
