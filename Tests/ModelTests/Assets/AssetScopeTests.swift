// Which runs an asset is for, by the runbook's name and the tenant; a secret shows nowhere.
import Model
import Testing

@Suite struct AssetScopeTests {
    @Test(arguments: [
        ("fail-over-machine", "fail-over-*", true), ("fail-back-machine", "fail-over-*", false),
        ("web-shop", "*", true), ("web-shop", "web-shop", true), ("web-shop2", "web-shop", false),
        ("a-x-b-y-c", "a*b*c", true), ("a-x-c", "a*b*c", false), ("ab", "ab*b", false),
        ("abb", "ab*b", true), ("shop-drill", "*-drill", true), ("", "*", true),
    ])
    func `B-6: a pattern's star stands for anything`(name: String, pattern: String, fits: Bool) {
        #expect(AssetScope.matches(name, pattern) == fits)
    }

    @Test func `B-6: an asset of the house is none of a tenant's, and the house may use all`() {
        let house = AssetScope()
        #expect(house.admits(runbook: "any", tenant: nil))
        #expect(!house.admits(runbook: "any", tenant: "contoso"))
        let contoso = AssetScope(tenants: ["contoso"])
        #expect(contoso.admits(runbook: "any", tenant: "contoso"))
        #expect(contoso.admits(runbook: "any", tenant: nil))
        #expect(!contoso.admits(runbook: "any", tenant: "fabrikam"))
        #expect(AssetScope(tenants: ["*"]).admits(runbook: "any", tenant: "fabrikam"))
        let narrow = AssetScope(runbooks: ["drill-*"], tenants: ["*"])
        #expect(!narrow.admits(runbook: "fail-over", tenant: nil))
    }

    @Test func `B-6: a secret prints as hidden, whoever prints it`() {
        let secret = Secret("correct horse battery")
        var dumped = ""
        dump([secret], to: &dumped)
        for shown in ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
            #expect(!shown.contains("horse"), "\(shown)")
            #expect(shown.contains("hidden") || shown == dumped)
        }
    }

    @Test func `B-6: what a secret is scrubbed from keeps its form`() {
        let secret = Secret("hunter2")
        let shown: Value = ["said": "pw hunter2!", "list": ["hunter2", 7], "hunter2": true]
        #expect(
            secret.scrubbed(shown)
                == ["said": "pw (hidden)!", "list": ["(hidden)", 7], "(hidden)": true])
        #expect(Secret("").scrubbed("as it was") == "as it was")
    }

    @Test func `B-6: a signature is HMAC-SHA-256 of RFC 4231`() {
        #expect(
            Secret("Jefe").signature(of: "what do ya want for nothing?")
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }
}
