// A fabric that takes no declarations says so.
import Fabric
import Model
import Testing

@testable import Replication

@Suite struct FixedSiteTests {
    @Test func `N-1: a fabric whose sites are made by other tools refuses to be declared`()
        async throws
    {
        let world = try await World.replicating()
        let fixed = MortalFabric(fabric: world.fabric, life: Life(endsAt: .max, diesAfter: false))
        let site = Site(name: "oslo", hosts: [], networks: [])
        let failure = await #expect(throws: Failure.self) {
            try await fixed.furnish(site, given: [])
        }
        #expect(failure?.code == .siteFixed)
    }
}
