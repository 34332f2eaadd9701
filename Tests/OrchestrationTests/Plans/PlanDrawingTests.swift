// The drawing of a plan: everything stands in it once, apart from each other, the same each time.
import Model
import Orchestration
import Testing

@Suite struct PlanDrawingTests {
    private static let shop = #"""
        local group, step = plan.group, plan.step
        return plan {
          summary = "The <shop> & more", source = "oslo", target = "bergen",
          before = { step { "a \"quoted\" step", run = function() end } },
          groups = {
            group { "data", vms = { "sql01" } },
            group { "web", vms = { "web02", "web01" }, after = { plan.manual { "Well?" } } },
          },
          dependencies = { web02 = { "web01" }, web01 = { "sql01" } },
        }
        """#

    private func drawing(_ text: String, _ kind: FailoverKind = .planned) throws -> String {
        let plan = try Cards().plan(text)
        let itinerary = try Itinerary(plan: plan, kind: kind, direction: Direction(of: kind))
        return PlanDrawing(plan, itinerary, as: kind).drawing.text
    }

    /// Left, top, right and bottom of each box.
    private func boxes(in drawing: String) -> [[Int]] {
        drawing.matches(
            of: #/<\/title><rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)" rx="3"/#
        ).map { match in
            let numbers = [match.1, match.2, match.3, match.4].compactMap { Int($0) }
            return [numbers[0], numbers[1], numbers[0] + numbers[2], numbers[1] + numbers[3]]
        }
    }

    @Test func `P-1: groups, steps, vms and needs are drawn, and what is written is escaped`()
        throws
    {
        let drawing = try drawing(Self.shop)
        for words in [
            "The &lt;shop&gt; &amp; more · planned, oslo → bergen", "Group: data", "Group: web",
            "<title>a &quot;quoted&quot; step</title>", "fail over sql01", "shut down web01",
            "<g class=\"person\"><title>Well?</title>", "<title>web01 needs sql01</title>",
        ] {
            #expect(drawing.contains(words), "\(words) in \(drawing)")
        }
        #expect(!drawing.contains("<shop>"))
        for foreign in ["<script", "href=", "src=", "@import", "<image"] {
            #expect(!drawing.contains(foreign))
        }
        #expect(drawing.matches(of: #/class="far"/#).count == 1, "within a group it is no far way")
        #expect(drawing.matches(of: #/class="need"/#).count >= 4)
    }

    @Test func `the same plan is the same drawing, and each kind has its own`() throws {
        #expect(try drawing(Self.shop) == drawing(Self.shop))
        let back = try drawing(Self.shop, .failback)
        #expect(back.contains("failback, bergen → oslo"))
        #expect(try drawing(Self.shop, .test).contains("Clean up"))
    }

    @Test func `fifty groups of forty vms stay apart and no wider than a page`() throws {
        let groups = (1...50).map { group in
            let vms = (1...40).map { "\"vm\(group * 100 + $0)\"" }.joined(separator: ", ")
            return "plan.group { \"g\(group)\", vms = { \(vms) }, "
                + "after = { plan.manual { \"Well \(group)?\" } } }"
        }
        let text = """
            return plan { summary = "All", source = "a", target = "b",
            groups = { \(groups.joined(separator: ",\n")) } }
            """
        let drawing = try drawing(text, .unplanned)
        let boxes = boxes(in: drawing)
        #expect(boxes.count == 50 * 41 + 1)
        #expect(boxes.map { $0[2] }.max() ?? 0 < 1300)
        var rows: [Int: [[Int]]] = [:]
        for box in boxes { rows[box[1], default: []].append(box) }
        let tops = rows.keys.sorted()
        #expect(zip(tops, tops.dropFirst()).allSatisfy { $1 - $0 >= 22 })
        for row in rows.values {
            let sorted = row.sorted { $0[0] < $1[0] }
            #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0[2] <= $1[0] })
        }
    }
}
