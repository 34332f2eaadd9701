// The program's own configuration, `muster.lua` in the lab: a Lua table, read by the runtime that
// runbooks run in. It says who people are and which roles they have.
import Foundation
import LuaRuntime
import Model
import Orchestration

struct Configuration: Sendable {
    /// Persons by bearer token, for the HTTP API.
    let tokens: [String: String]
    /// Who people are, whose they are (S-4), and who may do which part of a failover (F-9).
    let rights: Rights
    let replication: ReplicationConfiguration
    /// How many runs may be running at once.
    let slots: RunSlots
    /// The key file under which assets' secrets are kept; the lab's own when nil.
    let assetKey: String?
    /// Secrets by the name of the webhook.
    let hooks: [String: String]
    /// Where questions are told; nil for nowhere.
    let notify: NewsReceiver?

    private static let fields: [Parameter] = [
        Parameter("people", .map(.list(.text)), "For each person, the roles."),
        Parameter("tenants", .map(.text), "For each person of a tenant, the subscription."),
        Parameter("tokens", .map(.text), "For each bearer token of the HTTP API, the person."),
        Parameter(
            "rights", .map(.list(.choice(FailoverRight.allCases.map(\.rawValue)))),
            "For each person or role, the parts of a failover it may do; everybody all."),
        Parameter("runs", .record(runFields), "How many runs may be running at once."),
        Parameter(
            "replication", .record(ReplicationConfiguration.fields),
            "Bounds of transfers, whose replicas a site takes, and owners' keys."),
        Parameter(
            "assets", .record([Parameter("key", .text, "The key file of secrets.")]),
            "Where the key of assets is kept."),
        Parameter("hooks", .map(.text), "For each webhook, the secret that signs its calls."),
        Parameter(
            "notify",
            .record([
                Parameter("url", .text, required: true, "A relay: http://127.0.0.1:PORT/…"),
                Parameter("secret", .text, required: true, "Signs calls and one-time links."),
                Parameter("base", .text, "What links begin with; this engine's address."),
            ]), "Where questions are told."),
    ]

    private static let runFields: [Parameter] = [
        Parameter(
            "at_once", .integer(1..<10_001), "In all; \(Limits.runsAtOnce)."),
        Parameter(
            "per_tenant", .integer(1..<10_001),
            "With one scope; \(Limits.runsAtOncePerScope)."),
    ]

    /// Reads the lab's file; without one, nobody has a role. Raises with file and line.
    static func read(folder: String) async throws -> Configuration {
        guard let data = FileManager.default.contents(atPath: "\(folder)/muster.lua") else {
            return Configuration(
                tokens: [:], rights: Rights(),
                replication: ReplicationConfiguration(), slots: .house, assetKey: nil, hooks: [:],
                notify: nil)
        }
        let file = LuaModule(name: "muster.lua", text: String(decoding: data, as: UTF8.self))
        let card = try await evaluate(file)
        let subject = CheckSubject(
            "muster.lua:", code: .cardInvalid, at: SourcePosition(file: "muster.lua", line: 1))
        try ValueType.record(fields).check(card, subject)
        let people = (card["people"]?.object ?? [:])
            .mapValues { Set(($0.list ?? []).compactMap(\.text)) }
        let tokens = (card["tokens"]?.object ?? [:]).compactMapValues(\.text)
        return Configuration(
            tokens: tokens,
            rights: Rights(
                people: people, tenants: try tenants(card["tenants"], people, subject),
                held: held(card["rights"])),
            replication: try ReplicationConfiguration(card["replication"] ?? [:], subject),
            slots: RunSlots(
                inScope: card["runs"]?["per_tenant"]?.integer.map { Int($0) }
                    ?? Limits.runsAtOncePerScope,
                inAll: card["runs"]?["at_once"]?.integer.map { Int($0) } ?? Limits.runsAtOnce),
            assetKey: card["assets"]?["key"]?.text.map { path in
                path.hasPrefix("/") ? path : "\(folder)/\(path)"
            },
            hooks: try secrets(card["hooks"], subject.field("hooks")),
            notify: try receiver(card["notify"], subject.field("notify")))
    }

    private static func tenants(
        _ tenants: Value?, _ people: [String: Set<String>], _ subject: CheckSubject
    ) throws(Failure) -> [String: String] {
        let tenants = (tenants?.object ?? [:]).compactMapValues(\.text)
            .filter { !$0.key.hasPrefix("$") }
        for (person, tenant) in tenants.sorted(by: { $0.key < $1.key }) {
            let field = subject.field("tenants").field(person)
            guard people[person] != nil else {
                // Misspelt, he would be taken for one of the house.
                throw field.failure(
                    "names nobody of `people`\(Spelling.hint(for: person, among: people.keys))")
            }
            guard (try? Name.checked(tenant, "subscription")) != nil else {
                throw field.failure("'\(tenant)' cannot name a subscription")
            }
        }
        return tenants
    }

    private static func secrets(
        _ hooks: Value?, _ subject: CheckSubject
    ) throws(Failure) -> [String: String] {
        let secrets = (hooks?.object ?? [:]).compactMapValues(\.text)
            .filter { !$0.key.hasPrefix("$") }
        for (name, secret) in secrets.sorted(by: { $0.key < $1.key }) {
            try check(secret: secret, subject.field(name))
        }
        return secrets
    }

    private static func receiver(
        _ notify: Value?, _ subject: CheckSubject
    ) throws(Failure) -> NewsReceiver? {
        guard let url = notify?["url"]?.text, let secret = notify?["secret"]?.text else {
            return nil
        }
        try check(secret: secret, subject.field("secret"))
        let base = notify?["base"]?.text ?? "http://127.0.0.1:8420"
        return NewsReceiver(
            url: url, secret: secret,
            base: base.hasSuffix("/") ? String(base.dropLast()) : base)
    }

    private static func check(secret: String, _ subject: CheckSubject) throws(Failure) {
        guard secret.count >= Limits.secretCharactersMin else {
            throw subject.failure(
                "must be a secret of at least \(Limits.secretCharactersMin) characters; "
                    + "`openssl rand -hex 32` makes one")
        }
    }

    private static func held(_ rights: Value?) -> [String: Set<FailoverRight>]? {
        rights?.object?.filter { !$0.key.hasPrefix("$") }.mapValues { rights in
            Set((rights.list ?? []).compactMap { $0.text.flatMap(FailoverRight.init) })
        }
    }

    /// The table that the file returns. It may call nothing: a configuration looks at no machine.
    private static func evaluate(_ file: LuaModule) async throws -> Value {
        var state = try LuaState(LuaConfiguration())
        try state.load(file)
        return try await state.finish(at: { Timestamp(microseconds: 0) }) { _ in
            preconditionFailure("a state without primitives calls none")
        }
    }

    func person(named name: String, isExplicit: Bool) throws(Failure) -> Person {
        isExplicit ? try rights.person(named: name) : rights.known(name)
    }

    func person(withToken token: String) -> Person? {
        tokens[token].map(rights.known)
    }

    /// The file that `muster init` writes.
    static func initial(for user: String) -> String {
        """
        -- Who people are and what they may answer. Read at every command; nothing is cached.
        return {
          people = {
            ["\(user)"] = { "operator", "fabric-admin" },
          },
          -- People of tenants see and touch their tenant's only: tenants = { lars = "contoso" },
          -- Bearer tokens of the HTTP API: tokens = { ["a long random text"] = "\(user)" },
        }

        """
    }
}
