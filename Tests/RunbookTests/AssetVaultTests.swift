// The key file and its turning: after it the old key opens nothing, and an engine that dies on the
// way leaves a lab that opens everything.
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct AssetVaultTests {
    private func furnished() async throws -> World {
        let world = try await World()
        let assets = try world.engine().assets
        _ = try await assets.makeKey(by: World.eva)
        for name in ["one", "two"] {
            try await assets.save(
                name, .credential, value: ["user": "sa"],
                secrets: ["secret": Secret("secret of \(name), long enough")], by: World.eva)
        }
        return world
    }

    /// What a run signs with a secret tells whether it was opened, and which one it is.
    private func signature(_ world: World, _ name: String) async throws -> String? {
        world.write(
            "signs",
            "return runbook { summary = \"Signs\", run = function()\n"
                + "return asset.sign(asset.credential \"\(name)\", \"x\") end }")
        let engine = try world.engine()
        let run = try await world.run(world.request("signs"), on: engine)
        if let failure = run.failure { throw failure }
        return try engine.services.store.events(of: run.id)
            .first { $0.topic == "run.returned" }?.record
    }

    private func expect(_ world: World, _ code: Failure.Code, _ words: String) async {
        await #expect {
            _ = try await signature(world, "one")
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == code && failure?.message.contains(words) == true
        }
    }

    @Test func `B-6: a turned key opens all secrets, and the old one none`() async throws {
        let world = try await furnished()
        let path = try world.engine().assets.keyPath
        let before = (try await signature(world, "one"), try await signature(world, "two"))
        let old = try Data(contentsOf: URL(fileURLWithPath: path))
        let sealed = try world.engine().assets.all().compactMap(\.sealed)
        let key = try await world.engine().assets.turnKey(by: World.eva)
        #expect(try world.engine().assets.all().allSatisfy { $0.sealed?.key == key })
        #expect(try world.engine().assets.all().compactMap(\.sealed) != sealed)
        #expect(try await signature(world, "one") == before.0)
        #expect(try await signature(world, "two") == before.1)
        #expect(!FileManager.default.fileExists(atPath: path + ".new"))
        try old.write(to: URL(fileURLWithPath: path))
        await expect(world, .assetSealed, "sealed under \(key)")
    }

    @Test func `B-6: an engine that dies while it turns the key loses no secret`() async throws {
        let first = try await furnished()
        let right = try await signature(first, "two")
        for moment in Death.Moment.allCases {
            let world = try World(copying: first)
            let death = Death(at: 1, moment)
            _ = try? await world.engine(dying: death).assets.turnKey(by: World.eva)
            #expect(death.hasStruck)
            let assets = try world.engine().assets
            #expect(FileManager.default.fileExists(atPath: assets.keyPath + ".new"))
            #expect(try await signature(world, "two") == right, "\(moment)")
            _ = try await assets.turnKey(by: World.eva)
            #expect(try await signature(world, "two") == right, "\(moment)")
            #expect(!FileManager.default.fileExists(atPath: assets.keyPath + ".new"))
        }
    }

    @Test func `B-6: without a key file nothing hidden is kept or opened`() async throws {
        let world = try await furnished()
        let path = try world.engine().assets.keyPath
        try FileManager.default.removeItem(atPath: path)
        await expect(world, .assetKeyMissing, "muster asset key new")
        _ = try await world.engine().assets.makeKey(by: World.eva)
        await expect(world, .assetSealed, "put its file there")
        await #expect {
            _ = try await world.engine().assets.makeKey(by: World.eva)
        } throws: { ($0 as? Failure)?.code == .fileSystem }
    }

    @Test func `B-6: a key file that others may read is refused`() async throws {
        let world = try await furnished()
        let path = try world.engine().assets.keyPath
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        await expect(world, .keyExposed, "0600")
    }

    @Test func `B-6: a row that was put in another's place is not opened`() async throws {
        let world = try await furnished()
        let store = try world.engine().services.store
        var one = try #require(try store.asset("one"))
        one.sealed = try #require(try store.asset("two")).sealed
        one.version += 1
        try await store.commit([.assetSaved(one)])
        await expect(world, .assetSealed, "its row is damaged")
    }

    @Test func `B-6: what cannot be a secret is refused before anything is written`() async throws {
        let world = try await furnished()
        let assets = try world.engine().assets
        let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
        let wrong: [(Asset.Kind, Value, [String: Secret])] = [
            (.credential, ["user": "sa"], [:]),
            (.credential, ["user": "sa"], ["secret": Secret("")]),
            (.certificate, ["certificate": .text(pem)], ["key": Secret("no key")]),
            (.certificate, ["certificate": "none"], ["key": Secret("-----BEGIN PRIVATE KEY-----")]),
            (
                .credential, ["user": "sa"],
                ["secret": Secret(String(repeating: "x", count: Limits.secretBytesMax + 1))]
            ),
        ]
        for (kind, value, secrets) in wrong {
            await #expect {
                try await assets.save("new", kind, value: value, secrets: secrets, by: World.eva)
            } throws: { ($0 as? Failure)?.code == .usage }
        }
        await #expect {
            try await assets.save("one", .variable, value: 1, by: World.eva)
        } throws: { ($0 as? Failure)?.code == .assetType }
        #expect(try assets.all().map(\.name) == ["one", "two"])
        let decisions = try world.engine().services.store.decisions().map(\.what)
        #expect(decisions.filter { $0.hasPrefix("set the credential") }.count == 2)
        #expect(decisions.contains("set the credential one, version 1, for every runbook"))
    }
}
