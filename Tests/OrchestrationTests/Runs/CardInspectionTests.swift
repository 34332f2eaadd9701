// Reading a card outside a run, on a real lab: what may be asked is answered, what would act is
// refused.
import Fabric
import LuaRuntime
import Model
import Orchestration
import TestSupport
import Testing

@Suite struct CardInspectionTests {
    @Test func `a card may look at the fabric as it is`() async throws {
        let plan = try await plan(
            #"groups = { plan.group { "all", vms = fabric.select { site = "oslo" } } }"#)
        let world = try await World()
        let machines = try await world.fabric.machines(at: "oslo")
        #expect(plan.vms == machines.map(\.id.name).sorted())
    }

    private static let acts = [
        #"fabric.stop "sql01""#, #"replication.prepare "sql01""#, #"job.sleep "1s""#, "job.now()",
        #"job.note "hello""#, #"job.ask "Go on?""#, #"plan.freeze { "sql01" }"#,
    ]

    @Test(arguments: acts)
    func `nothing is done, asked or told while a card is read`(call: String) async throws {
        let world = try await World()
        let failure = await failure(of: "\n\(call)\nreturn plan {}", in: world)
        #expect(failure?.code == .phaseRefused)
        #expect(failure?.position == SourcePosition(file: "shop.lua", line: 2))
        let name = call.prefix { $0.isLetter || $0 == "." || $0 == "_" }
        let words = "\(name) cannot be called while the card is read, where nothing may be done yet"
        #expect(failure?.message == words)
        #expect(world.effects.writes.isEmpty)
    }

    @Test func `a vm that is not there is refused at its line, with the nearest`() async throws {
        let world = try await World()
        let failure = await failure(
            of: "\nlocal vm = fabric.vm \"sql10\"\nreturn plan {}", in: world)
        #expect(failure?.code == .unknownName)
        #expect(failure?.position == SourcePosition(file: "shop.lua", line: 2))
        #expect(failure?.message == "there is no vm 'sql10'; did you mean 'sql01'?")
    }

    @Test func `an argument that cannot leave Lua is refused at its line`() async throws {
        let world = try await World()
        let failure = await failure(
            of: "\n\nfabric.select { tag = function() end }", in: world)
        #expect(failure?.code == .luaArgument)
        #expect(failure?.position == SourcePosition(file: "shop.lua", line: 3))
    }

    @Test func `a card sees the machines of its scope only`() async throws {
        let world = try await World()
        let inspection = try world.engine().inspection("nobody")
        let card = try await inspection.card(
            of: LuaModule(name: "shop.lua", text: "return { count = #fabric.select {} }"))
        #expect(card["count"] == 0)
    }

    @Test func `every plan and runbook of the house is read`() async throws {
        let world = try await World()
        for name in Repository.runbooks {
            _ = try await world.engine().inspect(name)
        }
    }

    private func plan(_ groups: String) async throws -> RecoveryPlan {
        let world = try await World()
        let text =
            "return plan { summary = \"s\", source = \"oslo\", target = \"bergen\", \(groups) }"
        let file = LuaModule(name: "shop.lua", text: text)
        guard case .plan(let plan) = try await world.engine().inspection().read(file) else {
            throw Failure(.internalFault, "this is no plan")
        }
        return plan
    }

    private func failure(of text: String, in world: World) async -> Failure? {
        let file = LuaModule(name: "shop.lua", text: text)
        do {
            _ = try await world.engine().inspection().read(file)
            return nil
        } catch {
            return error as? Failure
        }
    }
}
