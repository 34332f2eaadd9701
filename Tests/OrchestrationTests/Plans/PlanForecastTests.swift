// What a run of a plan is expected to take: from earlier runs where there are some, else from sizes
// and rates; and what it would lose.
import Model
import Orchestration
import Testing

@Suite struct PlanForecastTests {
    private static let shop = #"""
        local group, step = plan.group, plan.step
        return plan {
          summary = "s", source = "oslo", target = "bergen",
          before = { step { "mends", run = function() end } },
          groups = {
            group { "data", vms = { "sql01" } },
            group {
              "web", vms = { "web02", "web01" },
              before = {
                plan.manual { "Is it ready?", by = "role:admin", deadline = "30m" },
              },
            },
          },
          after = { step { "tells", run = function() end } },
          dependencies = { web02 = { "web01" } },
        }
        """#

    private func itinerary(_ kind: FailoverKind) throws -> Itinerary {
        let plan = try Cards().plan(Self.shop)
        return try Itinerary(
            plan: plan, kind: kind, direction: kind == .failback ? .back : .forward)
    }

    private func vm(_ change: (inout MachineFacts) -> Void = { _ in }) -> MachineFacts {
        var facts = MachineFacts()
        facts.isRunning = true
        facts.sincePoint = .seconds(120)
        facts.pace = .seconds(300)
        change(&facts)
        return facts
    }

    private func facts(_ same: [String: [Duration]] = [:], lanes: Int = 8) -> PlanFacts {
        var facts = PlanFacts(
            machines: ["sql01": vm(), "web01": vm(), "web02": vm()], lanes: lanes)
        facts.history.same = same
        return facts
    }

    private func forecast(
        _ kind: FailoverKind = .planned, _ facts: PlanFacts
    ) throws -> PlanForecast {
        PlanForecast(of: try itinerary(kind), as: kind, from: facts)
    }

    private func task(_ id: String, of forecast: PlanForecast) throws -> PlanForecast.Task {
        try #require(forecast.tasks.first { $0.id == id })
    }

    @Test func `Q-4: the fewer runs were measured the wider is the band, and the median is likely`()
        throws
    {
        let one = try #require(TimeBand(samples: [.seconds(10)]))
        #expect(one == TimeBand(.seconds(5), .seconds(10), .seconds(20)))
        let many = try #require(TimeBand(samples: [12, 8, 10, 9, 30].map { .seconds($0) }))
        #expect(many.likely == .seconds(10))
        #expect(many.low > .seconds(6) && many.high == .seconds(36))
        #expect(TimeBand(samples: []) == nil)
        #expect(one.contains(.seconds(20)) && !one.contains(.seconds(21)))
        #expect(TimeBand.nothing.contains(.milliseconds(80)), "too short to be told apart")
    }

    @Test func `Q-4: earlier runs of a task go before sizes, and the source is said`() throws {
        let forecast = try forecast(.planned, facts(["groups/data/vms/sql01": [.seconds(40)]]))
        let known = try task("groups/data/vms/sql01", of: forecast)
        #expect(known.source == .runs(1) && known.time.likely == .seconds(40))
        #expect(known.source.words == "from 1 run")
        let sized = try task("groups/web/vms/web01", of: forecast)
        #expect(sized.source == .sizes && sized.time.high > sized.time.low)
        #expect(try task("groups/web/before/1", of: forecast).source == .person)
        #expect(try task("before/1", of: forecast).source == .limit)
    }

    @Test func `Q-4: a step's time in runs of another kind is taken, a vm's is not`() throws {
        var facts = facts()
        facts.history.others = [
            "before/1": [.seconds(7)], "groups/data/vms/sql01": [.seconds(7)],
        ]
        let forecast = try forecast(.planned, facts)
        #expect(try task("before/1", of: forecast).source == .otherRuns(1))
        #expect(try task("groups/data/vms/sql01", of: forecast).source == .sizes)
    }

    @Test func `Q-4: larger disks and more that is not sent yet take longer`() throws {
        func time(_ id: String, _ change: (inout MachineFacts) -> Void) throws -> Duration {
            var facts = facts()
            facts.machines["sql01"] = vm(change)
            return try task(id, of: forecast(.planned, facts)).time.likely
        }
        let (down, up) = ("shutdown/data/sql01", "groups/data/vms/sql01")
        let behind = try time(down) { $0.pending = ByteCount(Int64(9) << 30) }
        #expect(behind > .seconds(60))
        #expect(try time(down) { $0.pending = ByteCount(0) } < .seconds(10))
        let slow = try time(down) {
            ($0.pending, $0.sentOnAverage) = (ByteCount(Int64(9) << 30), ByteCount(10 << 20))
            $0.cycle = .seconds(10)
        }
        #expect(slow > behind * 10, "at the rate of its own cycles")
        let large = try time(up) { $0.diskBytes = ByteCount(Int64(100) << 30) }
        #expect(large > .seconds(100))
        #expect(try time(up) { _ in } < .seconds(10))
        #expect(try time(down) { $0.isRunning = false } < time(down) { _ in })
    }

    @Test func `Q-4: a stage takes its longest chain, in whatever order its vms are written`()
        throws
    {
        let web = try forecast(
            .unplanned,
            facts([
                "preflight/vms": [.zero], "before/1": [.zero], "groups/data/vms/sql01": [.zero],
                "groups/web/before/1": [.seconds(60)], "groups/web/vms/web01": [.seconds(10)],
                "groups/web/vms/web02": [.seconds(20)], "after/1": [.seconds(5)],
            ]))
        #expect(web.away.likely == .seconds(90), "web02 is behind web01, though named before it")
        #expect(web.whole.likely == .seconds(95))
    }

    @Test func `Q-4: away is counted from the first shutdown to the last group`() throws {
        let times: [String: [Duration]] = [
            "preflight/vms": [.seconds(1000)], "before/1": [.seconds(1000)],
            "shutdown/web/web01": [.seconds(3)], "shutdown/web/web02": [.seconds(2)],
            "shutdown/data/sql01": [.seconds(4)], "groups/data/vms/sql01": [.seconds(1)],
            "groups/web/before/1": [.seconds(1)], "groups/web/vms/web01": [.seconds(1)],
            "groups/web/vms/web02": [.seconds(1)], "after/1": [.seconds(1000)],
        ]
        let forecast = try forecast(.planned, facts(times))
        #expect(forecast.away.likely == .seconds(2 + 3 + 4 + 1 + 3))
        #expect(forecast.whole.likely == forecast.away.likely + .seconds(3000))
        #expect(forecast.away.low < forecast.away.likely)
        #expect(forecast.away.likely < forecast.away.high)
    }

    @Test func `Q-4: work from sizes shares the machine it is done by`() throws {
        func up(_ lanes: Int) throws -> Duration {
            var facts = facts(lanes: lanes)
            for name in facts.machines.keys {
                facts.machines[name]?.diskBytes = ByteCount(Int64(1000) << 30)
            }
            let plain = Self.shop.replacing(#"dependencies = { web02 = { "web01" } },"#, with: "")
            let plan = try Cards().plan(plain)
            let itinerary = try Itinerary(plan: plan, kind: .unplanned, direction: .forward)
            return PlanForecast(of: itinerary, as: .unplanned, from: facts).away.likely
        }
        #expect(try up(1) > up(2) + .seconds(50))
        #expect(try up(2) >= up(8))
    }

    @Test func `P-7: what is there already takes nothing and loses nothing`() throws {
        var facts = facts(["groups/data/vms/sql01": [.seconds(40)]])
        facts.machines["sql01"]?.isThere = true
        let forecast = try forecast(.unplanned, facts)
        #expect(try task("groups/data/vms/sql01", of: forecast).source == .skipped)
        #expect(try task("groups/data/vms/sql01", of: forecast).time == .nothing)
        #expect(forecast.losses.keys.sorted() == ["web01", "web02"])
    }

    @Test func `Q-4: an unplanned failover loses what came after the last point`() throws {
        var facts = facts()
        facts.machines["sql01"]?.cycle = .seconds(10)
        facts.machines["sql01"]?.pending = ByteCount(5 << 20)
        let unplanned = try #require(try forecast(.unplanned, facts).losses["sql01"])
        #expect(unplanned.time == TimeBand(.seconds(10), .seconds(120), .seconds(310)))
        #expect(unplanned.pending == ByteCount(5 << 20))
        for kind in [FailoverKind.planned, .failback, .test] {
            #expect(try forecast(kind, facts).losses["sql01"]?.time == .nothing)
        }
    }
}
