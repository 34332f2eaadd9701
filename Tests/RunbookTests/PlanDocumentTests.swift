// The plan in plain words, made from its source, as Markdown and as a page (Q-3).
import Model
import Orchestration
import TestSupport
import Testing

@Suite struct PlanDocumentTests {
    private static let plan = #"""
        local group, step, manual, contact = plan.group, plan.step, plan.manual, plan.contact
        return plan {
          summary = "The <shop> & its data", source = "oslo", target = "bergen",
          objective = { rpo = "5m", rto = "1h" },
          contacts = {
            contact { "Eva Holm", role = "owner of the shop", phone = "+47 22 00 00 00" },
            contact { "the night shift", mail = "night@example.org" },
          },
          before = {
            step {
              "mends | what is wrong", retries = 2, on_error = "ask",
              run = function() end, undo = function() end,
            },
            step { "only in a drill", kinds = { "test" }, run = function() end },
          },
          groups = {
            group { "data", vms = { "sql01" } },
            group {
              "web", vms = { plan.machine { "wap01", overrides = { processors = 2 } } },
              before = {
                manual {
                  "Is the share readable?", instructions = "Open it.", by = "role:admin",
                  quorum = 2, deadline = "30m", choices = { "yes", "no" },
                  escalate = { to = "role:chief", after = "10m" },
                },
              },
            },
          },
          dependencies = { wap01 = { "sql01" } },
        }
        """#

    private func document(_ text: String = plan) async throws -> Document {
        let world = try await World()
        world.write("shop", text)
        return try await world.engine().document(of: "shop")
    }

    @Test func `Q-3: somebody who has never seen the plan is told all of it`() async throws {
        let text = try await document().markdown
        for words in [
            "# The \\<shop\\> & its data", "It brings 2 machines from oslo to bergen",
            "| Eva Holm | owner of the shop | +47 22 00 00 00 |  |", "night@example.org",
            "The service is away for 1h at the most.", "the last 5m may be lost",
            "muster run shop --kind planned", "1. data: sql01\n2. web: wap01",
            "Shutting down goes by groups too: web, then data.", "wap01 needs sql01",
            "mends \\| what is wrong (shop.lua:10): done by a script.",
            "It is tried again up to 2 times, every 10s.", "If it fails a person decides what now.",
            "Only test.", "sql01 is shut down, and its last changes are sent.",
            "| Is the share readable? Open it. | 2 of role:admin | one of yes, no |",
            "Without an answer within 30m the run is aborted. After 10m, role:chief is asked too.",
            "oslo, oslo-host1 | bergen, bergen-host1 | nic0 is on the switch tenant",
            "2 processors", "muster resume RUN --kind unplanned", "muster undo RUN",
            "“mends \\| what is wrong” can be undone.", "muster run shop --kind test",
        ] {
            #expect(text.contains(words), "\(words) in \(text)")
        }
    }

    @Test func `Q-3: the page says the same, loads nothing, and what people wrote is no tag`()
        async throws
    {
        let page = try await document().page.text
        expectWhole(page)
        #expect(!page.contains("<shop>"))
        #expect(page.contains("<h1>The &lt;shop&gt; &amp; its data</h1>"))
        #expect(page.contains("<td>2 of role:admin</td>"))
    }

    @Test func `Q-3: it is always made from the source`() async throws {
        let (first, again) = (try await document(), try await document())
        #expect(first == again)
        let edited = try await document(Self.plan.replacing("Eva Holm", with: "Ida Berg"))
        #expect(edited.markdown.contains("Ida Berg") && edited != first)
    }

    @Test func `Q-3: the plans of the product have one, and one without its machines`()
        async throws
    {
        let world = try await World()
        world.write("shop", Self.plan.replacing("sql01", with: "nowhere01"))
        let engine = try world.engine()
        let text = try await engine.document(of: "shop").markdown
        #expect(text.contains("| nowhere01 | not known | not replicated |"))
        #expect(text.contains("names nobody") == false)
        let stamp = try await engine.document(of: "management-stamp").markdown
        #expect(stamp.contains("| the library team | the share of scripts |"))
        await #expect { () async throws in
            _ = try await engine.document(of: "fail-over-machine")
        } throws: { ($0 as? Failure)?.code == .usage }
    }
}
