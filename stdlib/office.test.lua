--- The plan of a branch: who is in it, in which order, and what is checked where it has come to.
local office = require "office"

local function branch(machines, more)
  world.answer("fabric.select", function(filter)
    check.equal(filter, { tag = more and more.tag or "oslo" })
    return machines
  end)
  local card = { branch = "oslo", head = "bergen" }
  for key, value in pairs(more or {}) do
    card[key] = value
  end
  return office.plan(card)
end

local machines = {
  { name = "wap01", site = "oslo", tags = { "oslo" } },
  { name = "sql01", site = "oslo", tags = { "oslo", "data" } },
  { name = "wap02", site = "oslo", tags = { "oslo" } },
}

test("what keeps data starts first and stops last", function()
  local card = branch(machines)
  check.equal({ card.source, card.target }, { "oslo", "bergen" })
  check.equal(card.groups[1].name, "data")
  check.equal(card.groups[1].vms, { "sql01" })
  check.equal(card.groups[2].vms, { "wap01", "wap02" })
  check.equal(card.shutdown.order, { "applications", "data" })
end)

test("a branch without data has one group, and may have a tag of its own", function()
  local card = branch({ machines[1] }, {
    tag = "north", objective = { rto = "1h" }, contacts = { "the manager" },
  })
  check.equal(#card.groups, 1)
  check.equal(card.groups[1].vms, { "wap01" })
  check.equal(card.objective, { rto = "1h" })
  check.equal(card.contacts, { "the manager" })
end)

local function addressed(failover)
  world.answer("fabric.vm", function(name)
    local nic = { name = "nic0", switch = "tenant", failover_address = failover }
    return { name = name, site = "bergen", nics = { nic } }
  end)
end

local function context(direction)
  local made = world.context { { name = "wap01", site = "oslo" } }
  made.direction = direction
  return made
end

test("away, a machine without an address of the head office is told", function()
  local check_addresses = branch(machines).after[1].run
  addressed(nil)
  local failure = check.raises("office.address_wrong", check_addresses, context "forward")
  check.equal(
    failure.message,
    "nic0 of bergen/wap01 has no address of the head office: map its network in the branch's site")
  addressed { address = "10.2.0.10" }
  check_addresses(context "forward")
end)

test("at home, one that has it still is told", function()
  local check_addresses = branch(machines).after[1].run
  addressed { address = "10.2.0.10" }
  check.raises("office.address_wrong", check_addresses, context "back")
  addressed(nil)
  check_addresses(context "back")
end)

test("a drill looks at neither: its doubles are on an isolated network", function()
  for _, step in ipairs(branch(machines).after) do
    check.equal(step.kinds, { "planned", "unplanned", "failback" })
  end
end)

test("every machine must be reachable", function()
  local asked = {}
  world.answer("job.wait_until", 300)
  world.answer("fabric.vm", function(name)
    asked[#asked + 1] = name
    return { name = name, site = "bergen" }
  end)
  world.answer("fabric.reachable", true)
  local step = branch(machines).after[2]
  -- A branch of many machines takes longer than a step may.
  check.equal(step.time_limit, "1h")
  step.run(context "forward")
  check.equal(asked, { "wap01" })
end)

test("a branch whose tag nobody bears can be looked at", function()
  check.equal(branch({}).groups[1].vms, {})
end)
