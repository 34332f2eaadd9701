// A site's file: what it makes of a site, and how each fault in it is told, at its line.
import Fabric
import Foundation
import LuaRuntime
import Model
import Orchestration
import TestSupport
import Testing

@Suite struct SiteCardTests {
    static let bergen = """
        return site {
          "bergen",
          networks = {
            site.network { "tenant", pool = { "10.2.0.10-10.2.0.99", "fd00:2::10-fd00:2::ff" } },
            site.network { "isolated", isolated = true },
          },
          switches = {
            site.switch { "tenant" },
            site.switch { "lab", network = "isolated", hosts = { "bergen-1" } },
          },
          host_groups = { "production" },
          hosts = {
            site.host {
              "bergen-1", group = "production", processors = 16, memory = "64GiB",
              storage = { gold = "4TiB" }, trust_group = "norway",
            },
            site.host { "bergen-2" },
          },
          storage_classes = { "gold" },
          clouds = { site.cloud { "gold", host_groups = { "production" } } },
          clusters = {
            site.cluster { "c1", hosts = { "bergen-1", "bergen-2" }, access_name = "c1.bergen" },
          },
        }
        """

    static let oslo = """
        return site {
          "oslo",
          networks = { site.network { "office" }, site.network { "tenant" } },
          switches = { site.switch { "office" } },
          host_groups = { "all" },
          hosts = { site.host { "oslo-1", group = "all" } },
          clouds = {
            site.cloud {
              "office", host_groups = { "all" },
              pair = {
                to = "bergen:gold", interval = "15m", points = 3, compression = false,
                first_copy = { at = "22:00", zone = "Europe/Oslo" },
              },
            },
          },
          mappings = {
            site.mapping { "office", to = "bergen:tenant" },
            site.mapping { "tenant", to = "bergen:tenant" },
          },
        }
        """

    private func declarations(
        _ texts: [String: String], in world: World? = nil
    ) async throws -> [Site] {
        let world = if let world { world } else { try await World() }
        let files = texts.sorted { $0.key < $1.key }.map {
            LuaModule(name: "fabric/\($0.key).lua", text: $0.value)
        }
        return try await FabricDeclarations(files, beside: [], try world.engine().inspection())
            .sites.map(\.site)
    }

    @Test func `N-1: a site is what its file says`() async throws {
        let sites = try await declarations(["bergen": Self.bergen, "oslo": Self.oslo])
        let bergen = sites[0]
        #expect(bergen.networks[0].pool.families == [.v4, .v6])
        #expect(bergen.hosts.map { $0.switches.map(\.name) } == [["tenant", "lab"], ["tenant"]])
        #expect(bergen.hosts[0].storage == ["gold": ByteCount(4 << 40)])
        #expect(
            bergen.hosts[0].words
                == "group production, 16 processors, memory 64 GiB, storage gold 4 TiB, "
                + "trust group norway")
        #expect(bergen.clusters[0].accessName == "c1.bergen")
        #expect(bergen.hosts(of: bergen.clouds[0]).map(\.name) == ["bergen-1"])
        let oslo = sites[1]
        #expect(oslo.mappings.map(\.addresses) == [.pool, .keep])
        #expect(
            oslo.clouds[0].pairing?.words
                == "bergen:gold, every 15m, 3 points, uncompressed, first copy 22:00 Europe/Oslo")
    }

    /// What is written for what, and what is said of it at which line.
    private static let faults: [(site: String, old: String, new: String, line: Int, said: String)] =
        [
            ("bergen", "isolated = true", "isolatd = true", 5, "did you mean 'isolated'?"),
            ("bergen", "site.switch { \"tenant\" }", "site.switch { \"tennat\" }", 8, "'tenant'?"),
            ("bergen", "group = \"production\",", "group = \"prodution\",", 13, "'production'?"),
            ("bergen", "{ gold =", "{ glod =", 13, "storage class 'glod'"),
            ("bergen", "{ \"bergen-1\" } }", "{ \"bergen-9\" } }", 9, "unknown host 'bergen-9'"),
            ("bergen", "\"bergen-1\", \"bergen-2\" }", "\"bergen-3\" }", 22, "unknown host"),
            ("bergen", "site.host { \"bergen-2\" }", "site.host { \"bergen-1\" }", 17, "twice"),
            ("bergen", "10.2.0.10-", "10.2.0.999-", 4, "is not an address"),
            ("bergen", "fd00:2::10-fd00:2::ff", "10.2.0.99", 4, "overlaps 10.2.0.10-10.2.0.99"),
            ("bergen", "\"bergen\",", "\"bregen\",", 1, "stands in the file of its name"),
            ("bergen", "site.network { \"iso", "{ \"iso", 1, "is a bare table"),
            ("bergen", "site.cloud {", "site.clod {", 20, "did you mean 'cloud'?"),
            ("oslo", "\"office\", to =", "\"offce\", to =", 17, "did you mean 'office'?"),
            ("oslo", "to = \"bergen:tenant\" },", "to = \"bergen:tennat\" },", 17, "'tenant'?"),
            ("oslo", "to = \"bergen:tenant\" },", "to = \"bregen:tenant\" },", 17, "'bergen'?"),
            ("oslo", "to = \"bergen:tenant\" },", "to = \"tenant\" },", 17, "\"bergen:tenant\""),
            ("oslo", "to = \"bergen:tenant\" },", "to = \"oslo:office\" },", 17, "\"keep\""),
            ("oslo", "to = \"bergen:tenant\" },", "to = \"oslo:tenant\" },", 17, "its own site"),
            (
                "oslo", "to = \"bergen:tenant\" },", "to = \"bergen:isolated\" },", 17,
                "no addresses"
            ),
            ("oslo", "\"tenant\", to =", "\"office\", to =", 18, "mapped to bergen twice"),
            ("oslo", "to = \"bergen:gold\"", "to = \"oslo:office\"", 8, "paired with itself"),
            ("oslo", "to = \"bergen:gold\"", "to = \"bergen:glod\"", 8, "did you mean 'gold'?"),
            ("oslo", "interval = \"15m\"", "interval = \"15m\", rpo = \"5m\"", 8, "longer"),
            ("oslo", "\"22:00\"", "\"25:00\"", 8, "must be a time"),
            ("oslo", "return site", "return nil, site", 1, "card is missing"),
        ]

    @Test(arguments: faults.indices)
    func `N-1: a fault is told with its file, its line and the nearest right word`(
        index: Int
    ) async throws {
        let (name, old, new, line, said) = Self.faults[index]
        var texts = ["bergen": Self.bergen, "oslo": Self.oslo]
        let text = try #require(texts[name])
        let place = try #require(text.range(of: old))
        texts[name] = text.replacingCharacters(in: place, with: new)
        let failure = await #expect(throws: Failure.self) { _ = try await declarations(texts) }
        #expect([.cardInvalid, .unknownName].contains(failure?.code))
        #expect(failure?.position?.file == "fabric/\(name).lua")
        #expect(failure?.position?.line == line, "\(failure?.description ?? "")")
        #expect(failure?.message.contains(said) == true, "\(failure?.message ?? "")")
    }

    @Test func `N-3: a network on which no host has a switch is empty`() async throws {
        let alone = Self.bergen.replacing(
            "site.switch { \"tenant\" },", with: "")
        let failure = await #expect(throws: Failure.self) {
            _ = try await declarations(["bergen": alone, "oslo": Self.oslo])
        }
        #expect(failure?.message.contains("on which no host has a switch") == true)
    }

    @Test func `N-2: a host group is paired by one cloud`() async throws {
        let cloud = """
            clouds = {
              site.cloud { "a", host_groups = { "all" }, pair = { to = "bergen:gold" } },
            """
        let text = Self.oslo.replacing("clouds = {", with: cloud)
        let failure = await #expect(throws: Failure.self) {
            _ = try await declarations(["bergen": Self.bergen, "oslo": text])
        }
        #expect(failure?.message.contains("which the cloud 'a' pairs already") == true)
    }
}
