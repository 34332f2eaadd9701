// A secret leaves by no door: not by the journal, a note, the report, an error, an answer or the
// database, whatever a runbook does with its handle and whatever the far side of a call prints.
import Foundation
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct SecrecyTests {
    static let password = "Tr0ub4dor&3-κωδικός-xyzzy"
    static let token = "pager/9f8e7d6c5b4a39281706f5e4"

    /// Two acts that take secrets: one prints what it was given, as guests do, one fails with it.
    static func guest(_ given: Locked<[String]>) -> [Primitive] {
        let parameters = [
            Parameter("login", .secret, required: true, "Who."),
            Parameter(
                "options",
                .record([
                    Parameter("environment", .map(.either([.text, .secret])), "What it sees.")
                ]), "More."),
        ]
        return [
            Primitive(
                "guest.run", "Runs.", parameters: parameters, result: .text, returns: "its output",
                effect: .repeatable, example: "guest.run(login)"
            ) { call in
                let login = try call.secret("login")
                let token = try call.secret(call.option("environment")?["TOKEN"] ?? .null)
                let words = [login, token].map { $0.reveal { $0 } }
                given.withLock { $0 += words }
                return .text("guest: I was given \(words)")
            },
            Primitive(
                "guest.fail", "Fails.", parameters: parameters, effect: .repeatable,
                example: "guest.fail(login)"
            ) { call in
                let word = try call.secret("login").reveal { $0 }
                throw Failure(
                    .refused, "the guest refused '\(word)'", context: ["given": word],
                    cause: Failure(.usage, "password \(word) is wrong"))
            },
        ]
    }

    static let runbook = #"""
        return runbook {
          summary = "Does with a secret whatever can be done",
          run = function()
            local login = asset.credential "sql-admin"
            local vmm = asset.connection "vmm"
            job.output("%s", login)
            job.note("%s at %s with %s", vmm.user, vmm.address, tostring(vmm.token))
            for name, value in pairs(login) do job.note("%s is %s", name, tostring(value)) end
            job.progress(guest.run(login, { environment = { TOKEN = vmm.token, HOST = "x" } }))
            local _, failure = guest.try_fail(login)
            job.warn(failure.message .. failure.cause.message .. failure.context.given)
            local _, strange = pcall(function() return login .. "" end)
            job.note(tostring(strange))
            job.ask("Does " .. tostring(login) .. " work?")
            local made_up = guest.run({ ["$asset"] = "sql-admin", version = 1 },
              { environment = { TOKEN = vmm.token } })
            return { made_up, login, vmm, asset.sign(login, "site lost") }
          end,
        }
        """#

    private func furnish(_ engine: Orchestrator) async throws {
        let assets = engine.assets
        _ = try await assets.makeKey(by: World.eva)
        try await assets.save(
            "sql-admin", .credential, value: ["user": "sa"],
            secrets: ["secret": Secret(Self.password)], by: World.eva)
        try await assets.save(
            "vmm", .connection, value: ["address": "10.0.0.1", "user": "svc"],
            secrets: ["token": Secret(Self.token)], by: World.eva)
    }

    @Test func `B-6: after a run that uses secrets none is found anywhere`() async throws {
        let world = try await World(runbooks: ["secrets.lua": Self.runbook])
        let given = Locked<[String]>([])
        let engine = try world.engine(adding: Self.guest(given))
        try await furnish(engine)
        let run = try await world.run(world.request("secrets"), on: engine)
        #expect(run.state == .completed, "\(run.failure?.description ?? "")")
        #expect(given.withLock { Set($0) } == [Self.password, Self.token])

        let store = engine.services.store
        let report = try engine.report(run.id)
        let transcript = try await Transcript(of: run.id, in: world)
        var shown = transcript.journal + [report.text, report.value.canonicalJSON]
        shown += try store.events().map(\.record) + store.decisions().map(\.what)
        shown += try engine.assets.all().map { "\($0) \(String(reflecting: $0))" }
        shown += ["\(run)"]
        for secret in [Self.password, Self.token] {
            let search = SecretSearch(secret)
            #expect(
                search.findings(in: shown.joined(separator: "\n"), called: "what is shown") == [])
            #expect(try search.findings(inFolder: world.folder) == [])
        }
        let journal = transcript.journal.joined()
        #expect(journal.contains(#"{"$asset":"sql-admin","version":1}"#))
        #expect(journal.contains("I was given"))
        #expect(shown.joined().contains("credential sql-admin (hidden)"))
    }

    @Test func `B-6: the search finds what it looks for`() throws {
        let search = SecretSearch(Self.token)
        let bytes = Data(Self.token.utf8)
        let leaks = [
            bytes, Data(bytes.base64EncodedString().utf8), Data(String(Self.token.reversed()).utf8),
            Data(bytes.map { String(format: "%02x", $0) }.joined().utf8),
            Self.token.data(using: .utf16LittleEndian) ?? Data(),
        ]
        for leak in leaks {
            #expect(!search.findings(in: Data("x".utf8) + leak, called: "it").isEmpty)
        }
        #expect(search.findings(in: "nothing", called: "it") == [])
    }

    @Test func `B-6: an error that no one catches shows no secret either`() async throws {
        let world = try await World(runbooks: [
            "fails.lua": #"""
            return runbook { summary = "Fails", run = function()
              guest.fail(asset.credential "sql-admin")
            end }
            """#
        ])
        let engine = try world.engine(adding: Self.guest(Locked([])))
        try await furnish(engine)
        let run = try await world.run(world.request("fails"), on: engine)
        #expect(run.state == .failed)
        let failure = try #require(run.failure)
        #expect(failure.message.contains("refused '(hidden)'"))
        #expect(failure.context["given"] == "(hidden)")
        #expect(SecretSearch(Self.password).findings(in: "\(failure.value)", called: "it") == [])
    }
}
