// What a plan becomes for each failover kind and direction: which stages, in which order, and what
// each task waits for.
import Model
import Orchestration
import Testing

@Suite struct ItineraryTests {
    // MARK: The whole of it

    @Test func `a planned failover shuts down in one order and starts in the other`() throws {
        let itinerary = try itinerary(Self.shop, .planned)
        #expect(
            itinerary.stages.map(\.id) == [
                "preflight", "before", "shutdown/before", "shutdown/web", "shutdown/databases",
                "shutdown/after", "groups/databases", "groups/web", "after",
            ])
        #expect(
            itinerary.tasks.map(\.id) == [
                "preflight/vms", "preflight/1", "before/1", "shutdown/before/1",
                "shutdown/web/web01", "shutdown/web/web02", "shutdown/databases/sql01",
                "shutdown/after/1", "groups/databases/before/1", "groups/databases/vms/sql01",
                "groups/databases/after/1", "groups/web/vms/web01/before/1",
                "groups/web/vms/web01", "groups/web/vms/web01/after/1", "groups/web/vms/web02",
                "after/1",
            ])
    }

    @Test func `an unplanned failover shuts nothing down`() throws {
        let stages = try itinerary(Self.shop, .unplanned).stages.map(\.id)
        #expect(stages == ["preflight", "before", "groups/databases", "groups/web", "after"])
    }

    @Test func `a failback is a planned failover the other way, steps and all`() throws {
        let there = try itinerary(Self.shop, .planned, .forward).tasks.map(\.id)
        let back = try itinerary(Self.shop, .failback, .back).tasks.map(\.id)
        #expect(there == back)
    }

    @Test func `a test shuts nothing down, fails over beside, and always cleans up`() throws {
        let itinerary = try itinerary(Self.shop, .test)
        #expect(
            itinerary.stages.map(\.id) == [
                "preflight", "before", "groups/databases", "groups/web", "after", "clean-up",
            ])
        #expect(itinerary.stages.map(\.runsAlways) == [false, false, false, false, false, true])
        #expect(
            itinerary.stages.last?.tasks.map(\.id) == [
                "clean-up/sql01", "clean-up/web01", "clean-up/web02",
            ])
        #expect(try acts(itinerary) == ["fail over for a test", "clean up"])
    }

    @Test(arguments: [FailoverKind.planned, .unplanned, .failback])
    func `every other kind fails over for good and cleans nothing up`(kind: FailoverKind) throws {
        let expected = kind == .unplanned ? ["fail over"] : ["shut down", "fail over"]
        #expect(try acts(itinerary(Self.shop, kind)) == expected)
    }

    @Test func `preflight alone collects its failures, and looks at the vms first`() throws {
        let stages = try itinerary(Self.shop, .planned).stages
        #expect(stages.filter(\.collectsFailures).map(\.id) == ["preflight"])
        #expect(stages[0].tasks.map(\.needs) == [[], []])
    }

    @Test func `a plan of bare groups has only the stages that have tasks`() throws {
        let bare =
            #"return plan { summary = "s", source = "a", target = "b","#
            + #" groups = { plan.group { "g", vms = { "x" } } } }"#
        #expect(
            try itinerary(bare, .planned).stages.map(\.id) == [
                "preflight", "shutdown/g", "groups/g",
            ])
    }

    // MARK: What waits for what

    @Test func `steps follow each other, and the vm follows its own`() throws {
        let needs = try needs(Self.shop, .planned)
        #expect(needs["groups/databases/before/1"] == [])
        #expect(needs["groups/databases/vms/sql01"] == ["groups/databases/before/1"])
        #expect(needs["groups/databases/after/1"] == ["groups/databases/vms/sql01"])
        #expect(needs["groups/web/vms/web01"] == ["groups/web/vms/web01/before/1"])
        #expect(needs["groups/web/vms/web01/after/1"] == ["groups/web/vms/web01"])
    }

    @Test func `a vm waits for the last step of the vm it needs`() throws {
        let needs = try needs(Self.shop, .planned)
        #expect(needs["groups/web/vms/web02"] == ["groups/web/vms/web01/after/1"])
    }

    @Test func `a vm that is needed is shut down after those that need it`() throws {
        let needs = try needs(Self.shop, .planned)
        #expect(needs["shutdown/web/web01"] == ["shutdown/web/web02"])
        #expect(needs["shutdown/web/web02"] == [])
    }

    @Test func `a dependency across groups is kept by the order of the groups`() throws {
        let text = plan(
            #"dependencies = { web = { "sql" } }"#,
            groups: #"group { "db", vms = { "sql" } }, group { "w", vms = { "web" } }"#)
        #expect(try needs(text, .planned)["groups/w/vms/web"] == [])
    }

    @Test func `steps after a group wait for all its vms`() throws {
        let text = plan(
            groups: #"group { "w", vms = { "a", "b" }, after = { step { "s", run = go } } }"#)
        #expect(
            try needs(text, .planned)["groups/w/after/1"] == ["groups/w/vms/a", "groups/w/vms/b"])
    }

    @Test func `a group whose vms are not chosen yet still runs its steps in order`() throws {
        let text = plan(
            groups: #"""
                group {
                  "w", vms = {}, before = { step { "b", run = go } },
                  after = { step { "a", run = go } },
                }
                """#)
        #expect(try needs(text, .planned)["groups/w/after/1"] == ["groups/w/before/1"])
    }

    // MARK: Kinds and directions (P-2)

    @Test(arguments: FailoverKind.allCases)
    func `a step runs for the kinds it names`(kind: FailoverKind) throws {
        let titles = try titles(of: Self.choosy, kind, .forward)
        let expected: [FailoverKind: [String]] = [
            .test: ["always", "drill", "not for real"], .planned: ["always", "for real"],
            .unplanned: ["always", "for real"], .failback: ["always", "not for real"],
        ]
        #expect(titles.filter { !["out", "home"].contains($0) } == expected[kind])
    }

    @Test(arguments: Direction.allCases)
    func `a step runs in the directions it names`(direction: Direction) throws {
        let titles = try titles(of: Self.choosy, .planned, direction)
        #expect(titles.contains("out") == (direction == .forward))
        #expect(titles.contains("home") == (direction == .back))
    }

    @Test func `a step that is left out is waited for by nobody`() throws {
        let needs = try needs(Self.choosy, .planned)
        #expect(needs["before/3"] == ["before/1"])
    }

    @Test(arguments: [
        "preflight", "before", "after", "shutdown/before", "shutdown/after", "groups/g/before",
        "groups/g/after", "groups/g/vms/x/before", "groups/g/vms/x/after",
    ])
    func `at every place a step may be for one kind only`(place: String) throws {
        let planned = try itinerary(Self.everywhere, .planned).tasks.map(\.id)
        let failback = try itinerary(Self.everywhere, .failback).tasks.map(\.id)
        #expect(planned.contains("\(place)/1"))
        #expect(!failback.contains("\(place)/1"))
    }

    @Test func `a step is a script, a manual task, or a script and then a task`() throws {
        let text = plan(
            #"""
            before = {
              step { "script", run = go },
              manual { "question" },
              step { "both", run = go, task = manual { "and now?" } },
              step { "task alone", task = manual { "alone?" } },
            }
            """#, groups: #"group { "g", vms = { "x" } }"#)
        let works = try itinerary(text, .planned).stages[1].tasks.map { task -> String in
            switch task.work {
            case .script(_, let task): task.map { "script, then \($0.title)" } ?? "script"
            case .manual(let task): "manual \(task.title)"
            default: "?"
            }
        }
        #expect(
            works == ["script", "manual question", "script, then and now?", "manual alone?"])
    }

    @Test func `a step's task carries its policy and its line`() throws {
        let text = plan(
            "before = {\n step { \"s\", run = go, retries = { planned = 2 } } }",
            groups: #"group { "g", vms = { "x" } }"#)
        let planned = try itinerary(text, .planned).stages[1].tasks[0]
        let test = try itinerary(text, .test).stages[1].tasks[0]
        #expect(planned.policy.retries == 2)
        #expect(test.policy.retries == 0)
        #expect(planned.position == SourcePosition(file: Cards.file, line: 4))
    }

    @Test func `no two tasks have one name`() throws {
        for kind in FailoverKind.allCases {
            let ids = try itinerary(Self.everywhere, kind).tasks.map(\.id)
            #expect(Set(ids).count == ids.count)
        }
    }
}

// MARK: Plans

extension ItineraryTests {
    private func itinerary(
        _ text: String, _ kind: FailoverKind, _ direction: Direction = .forward
    ) throws -> Itinerary {
        try Itinerary(plan: try Cards().plan(text), kind: kind, direction: direction)
    }

    private func needs(_ text: String, _ kind: FailoverKind) throws -> [String: [String]] {
        Dictionary(
            uniqueKeysWithValues: try itinerary(text, kind).tasks.map { ($0.id, $0.needs) })
    }

    private func titles(
        of text: String, _ kind: FailoverKind, _ direction: Direction
    ) throws -> [String] {
        try itinerary(text, kind, direction).tasks.filter { $0.id.hasPrefix("before/") }
            .map(\.title)
    }

    private func acts(_ itinerary: Itinerary) throws -> [String] {
        itinerary.tasks.reduce(into: []) { acts, task in
            if case .machine(let act, _) = task.work, !acts.contains(act.rawValue) {
                acts.append(act.rawValue)
            }
        }
    }

    private func plan(_ fields: String = "", groups: String) -> String {
        """
        local group, step, manual, go = plan.group, plan.step, plan.manual, function() end
        return plan { summary = "s", source = "a", target = "b", groups = { \(groups) },
        \(fields) }
        """
    }

    private static let shop = #"""
        local group, step, machine = plan.group, plan.step, plan.machine
        local function go() end
        local function one(name) return { step { name, run = go } } end
        return plan {
          summary = "The shop", source = "oslo", target = "bergen",
          preflight = one "looks", before = one "mends", after = one "tells",
          shutdown = { "web", "databases", before = one "drains", after = one "sees" },
          groups = {
            group { "databases", vms = { "sql01" }, before = one "b", after = one "a" },
            group {
              "web",
              vms = {
                machine { "web01", before = one "warms", after = one "answers" },
                "web02",
              },
            },
          },
          dependencies = { web02 = { "web01" } },
        }
        """#

    private static let choosy = #"""
        local step, function_ = plan.step, function() end
        local function go(fields) fields.run = function_ return step(fields) end
        return plan {
          summary = "s", source = "a", target = "b",
          before = {
            go { "always" }, go { "drill", kinds = { "test" } },
            go { "for real", kinds = { "planned", "unplanned" } },
            go { "not for real", kinds = { "test", "failback" } },
            go { "out", directions = { "forward" } }, go { "home", directions = { "back" } },
          },
          groups = { plan.group { "g", vms = { "x" } } },
        }
        """#

    private static let everywhere = #"""
        local function go() end
        local function two()
          return {
            plan.step { "planned only", kinds = { "planned" }, run = go },
            plan.step { "always", run = go },
          }
        end
        return plan {
          summary = "s", source = "a", target = "b",
          preflight = two(), before = two(), after = two(),
          shutdown = { "g", before = two(), after = two() },
          groups = {
            plan.group {
              "g", before = two(), after = two(),
              vms = { plan.machine { "x", before = two(), after = two() } },
            },
          },
        }
        """#
}
