--- What the constructors of cards make of an author's tables.
test("a part takes its name first, notes its kind and its line", function()
  local step = plan.step { "the portal answers", retries = 3 }
  check.equal(step.name, "the portal answers")
  check.equal(step.retries, 3)
  check.equal(step["$kind"], "step")
  check.equal(step["$where"], "stdlib/prelude.test.lua:3")
end)

test("what a constructor is given stays as it was", function()
  local given = { "databases", vms = { "sql01" } }
  local group = plan.group(given)
  check.equal(given, { "databases", vms = { "sql01" } })
  check.equal(group.vms, { "sql01" })
end)

test("a line is kept when the constructor is called in the tail", function()
  local function make()
    return plan.manual { "Go on?" }
  end
  check.equal(make()["$where"], "stdlib/prelude.test.lua:19")
end)

test("the order of the shutdown is its list", function()
  local card = plan { shutdown = { "web", "databases", after = {} } }
  check.equal(card.shutdown, { order = { "web", "databases" }, after = {} })
  check.equal(plan({ shutdown = { before = {} } }).shutdown, { before = {} })
end)

test("a parameter says its type and what it is, then its default", function()
  local card = runbook { parameters = { vm = { "vm", "the machine", default = "sql01" } } }
  check.equal(
    card.parameters.vm, { type = "vm", summary = "the machine", default = "sql01" }
  )
end)

test("what is no table is refused in the constructor's words", function()
  local failure = check.raises("plan.card_invalid", plan.group, "databases")
  check.equal(failure.message, "group takes a table: group { … }, but is given string")
end)

test("a part whose constructor was forgotten is refused", function()
  local failure = check.raises("plan.card_invalid", plan.group, {
    "web", vms = { "wap01" }, after = { plan.step { "a" }, { "b", retries = 2 } },
  })
  check.equal(
    failure.message,
    "group.after[2] is a bare table: write step { … }, manual { … }, group { … } or machine { … }"
  )
end)

test("lines of the streams may be formats, and need not be", function()
  job.note("%s is at %s", "sql01", "bergen")
  job.note("100 %")
  check.equal(world.notes(), { "sql01 is at bergen", "100 %" })
end)

test("a part of a site takes its name first, a mapping its network", function()
  local card = site {
    "bergen", networks = { site.network { "tenant" } },
    mappings = { site.mapping { "tenant", to = "oslo:tenant" } },
  }
  check.equal(card.name, "bergen")
  check.equal(card.networks[1].name, "tenant")
  check.equal(card.mappings[1].network, "tenant")
end)

test("an unknown part of a site is refused with the nearest", function()
  local failure = check.raises("name.unknown", function()
    return site.netwrok { "tenant" }
  end)
  check.equal(failure.message, "there is no part 'site.netwrok'; did you mean 'network'?")
end)
