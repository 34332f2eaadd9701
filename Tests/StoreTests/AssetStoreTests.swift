// Assets in the store: of two who change one at once the second is told, and a key is turned for
// all of them or for none.
import Model
import Testing

@testable import Store

@Suite struct AssetStoreTests {
    private func asset(_ version: Int, key: String? = "k1", name: String = "sql-admin") -> Asset {
        Asset(
            name: name, kind: .credential, version: version, value: ["user": "sa"],
            hidden: ["secret"], sealed: key.map { Asset.Sealed(bytes: [1, 2, 3], key: $0) },
            scope: AssetScope(runbooks: ["drill-*"], tenants: ["contoso"]), changedBy: "eva",
            changedAt: .second(version))
    }

    @Test func `B-6: an asset is read as it was written`() async throws {
        let lab = try Lab()
        let store = try lab.open()
        try await store.commit([.assetSaved(asset(1)), .assetSaved(asset(1, name: "web"))])
        #expect(try store.assets() == [asset(1), asset(1, name: "web")])
        #expect(try store.asset("sql-admin") == asset(1))
        #expect(try store.asset("nothing") == nil)
        #expect(try store.assetKey() == "k1")
    }

    @Test func `B-6: who changes what another has changed is told, and nothing is overwritten`()
        async throws
    {
        let lab = try Lab()
        let store = try lab.open()
        try await store.commit([.assetSaved(asset(1))])
        try await store.commit([.assetSaved(asset(2))])
        for change in [Change.assetSaved(asset(2)), .assetSaved(asset(4)), .assetRemoved("other")] {
            await #expect(
                performing: { try await store.commit([change]) },
                throws: Failure.isOf(.assetChanged))
        }
        #expect(try store.asset("sql-admin")?.version == 2)
        try await store.commit([.assetRemoved("sql-admin")])
        #expect(try store.assets().isEmpty)
    }

    @Test func `B-6: a variable is set as a next version, and nothing else is`() async throws {
        let lab = try Lab()
        let store = try lab.open()
        let variable = Asset(
            name: "limit", kind: .variable, value: 3, changedBy: "eva", changedAt: .second(1))
        try await store.commit([.assetSaved(variable), .assetSaved(asset(1))])
        try await store.commit([.variableSet("limit", 4, by: "lars", at: .second(2))])
        let changed = try #require(try store.asset("limit"))
        #expect(changed.value == 4 && changed.version == 2 && changed.changedBy == "lars")
        for name in ["sql-admin", "none"] {
            await #expect(
                performing: {
                    try await store.commit([.variableSet(name, 1, by: "x", at: .second(3))])
                }, throws: Failure.isOf(.assetChanged))
        }
    }

    @Test func `B-6: every secret is sealed anew, or none is`() async throws {
        let lab = try Lab()
        let store = try lab.open()
        try await store.commit([.assetSaved(asset(1)), .assetSaved(asset(1, name: "web"))])
        let both = [asset(1, key: "k2"), asset(1, key: "k2", name: "web")]
        let stale = [asset(1, key: "k2"), asset(2, key: "k2", name: "web")]
        for wrong in [[both[0]], stale] {
            await #expect(
                performing: { try await store.commit([.assetsResealed(wrong)]) },
                throws: Failure.isOf(.assetChanged))
            #expect(try store.assets().allSatisfy { $0.sealed?.key == "k1" })
        }
        try await store.commit([.assetsResealed(both)])
        #expect(try store.assetKey() == "k2")
    }

    @Test func `B-6: the uses of an asset are found among all events, newest first`() async throws {
        let lab = try Lab()
        let store = try lab.open()
        for number in 1...3 {
            let names = ["sql-admin", "other"]
            try await store.commit(
                names.map { name in
                    .recorded(
                        Event(
                            topic: "asset.used", run: nil,
                            record: #"{"asset":"\#(name)","version":\#(number)}"#,
                            at: .second(number)))
                })
        }
        let uses = try store.uses(ofAsset: "sql-admin", limit: 2)
        #expect(uses.map(\.at) == [.second(3), .second(2)])
        #expect(uses.allSatisfy { $0.record.contains("sql-admin") })
    }
}
