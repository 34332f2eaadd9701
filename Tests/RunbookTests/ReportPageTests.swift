// The report as a page: the same facts as the text, in one file that loads nothing.
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct ReportPageTests {
    private func report(of text: String, kind: FailoverKind = .planned) async throws -> RunReport {
        let world = try await World()
        world.write("trial", text)
        let record = try await world.run(
            world.request("trial", kind: kind, reason: "<b>drill</b>"))
        return try RunReport(
            record.id, store: try Store(folder: world.folder), now: world.clock.now)
    }

    private static let plan = """
        local group, step, manual = plan.group, plan.step, plan.manual
        return plan {
          summary = "A test", source = "oslo", target = "bergen",
          objective = { rto = "1h" },
          before = { manual { "Is <bergen> & its people ready?" } },
          groups = { group { "only", vms = { "sql01" } } },
        }
        """

    @Test(arguments: [FailoverKind.planned, .test])
    func `Q-1: the report names each vm's point and the hashes that proved its disks`(
        _ kind: FailoverKind
    ) async throws {
        let report = try await report(of: Self.plan, kind: kind)
        let recovery = try #require(report.recoveries.first)
        #expect(recovery.vm == "sql01")
        #expect(recovery.point["cut_at"]?.text?.hasSuffix("Z") == true)
        #expect(!recovery.roots.isEmpty)
        for root in recovery.roots.values {
            #expect(report.text.contains(root))
            #expect(report.page.text.contains(root))
            #expect(report.value.canonicalJSON.contains(root))
        }
    }

    @Test func `Q-1: the page is one file that loads and runs nothing, and every tag is closed`()
        async throws
    {
        let page = try await report(of: Self.plan).page.text
        expectWhole(page)
    }

    @Test func `Q-1: what people wrote becomes no tag`() async throws {
        let page = try await report(of: Self.plan).page.text
        #expect(page.contains("Is &lt;bergen&gt; &amp; its people ready?"))
        #expect(page.contains("“&lt;b&gt;drill&lt;/b&gt;”"))
        #expect(!page.contains("<b>"))
    }

    @Test func `Q-1: the time line shows groups, steps and questions within the run's time`()
        async throws
    {
        let page = try await report(of: Self.plan).page.text
        for style in ["stage", "work", "question"] {
            #expect(page.contains("<g class=\"\(style)\">"))
        }
        let bars = page.matches(of: #/<rect x="([0-9.]+)" y="[0-9.]+" width="([0-9.]+)"/#)
        #expect(bars.count > 4)
        for bar in bars {
            let left = try #require(Double(bar.1)), width = try #require(Double(bar.2))
            #expect(left >= 330 && left + width <= 1002)
        }
    }

    @Test func `Q-1: a runbook's page draws its calls`() async throws {
        let world = try await World()
        world.write(
            "calls",
            """
            return runbook { summary = "Calls", run = function() fabric.vm "sql01" end }
            """)
        let record = try await world.run(world.request("calls"))
        let page = try RunReport(
            record.id, store: try Store(folder: world.folder), now: world.clock.now
        ).page.text
        #expect(page.contains("<g class=\"work\"><title>fabric.vm:"))
        #expect(page.contains("<summary>1 calls</summary>"))
    }
}
