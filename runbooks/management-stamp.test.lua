--- The stamp: who is in it and in which order, what preflight refuses, what is mended before the
-- shutdown, what is asked of whom, and what must be true at the end of each way.
local real = { "planned", "unplanned", "failback" }

local function stamp()
  world.answer("fabric.select", function(filter)
    check.equal(filter, { tag = "vmm" })
    return { { name = "vmm01", site = "oslo" } }
  end)
  return require "management-stamp"
end

--- A vm as a plan sees it, with one card.
local function machine(name, site, nic, power)
  local card = { name = "nic0" }
  for key, value in pairs(nic or {}) do
    card[key] = value
  end
  return { name = name, site = site, power = power or "running", nics = { card } }
end

local function replicas(...)
  local nics = { ... }
  local given = 0
  world.answer("replication.replica", function(vm)
    given = given + 1
    return machine(vm.name, "bergen", nics[given] or nics[#nics])
  end)
end

--- The context of a run, of sql01 and wap01 unless told otherwise.
local function context(direction, vms)
  local made = world.context(vms or { machine("sql01", "oslo"), machine("wap01", "oslo") })
  made.direction = direction
  made.source = direction == "back" and "bergen" or "oslo"
  made.target = direction == "back" and "oslo" or "bergen"
  return made
end

local function names(list)
  local found = {}
  for index, item in ipairs(list) do
    found[index] = item.name or item
  end
  return found
end

--- What the fabric shows of each vm, by the name it is asked for.
local function standing(vms)
  world.answer("fabric.vm", function(name)
    return vms[name] or error(name .. " is not of this test")
  end)
end

-- Who and when

test("the card says from where to where, what was promised, and whom to call", function()
  local card = stamp()
  check.equal({ card.source, card.target }, { "oslo", "bergen" })
  check.equal(card.objective, { rpo = "5m", rto = "1h" })
  local decides, library = table.unpack(card.contacts)
  check.equal(
    { decides.name, decides.role, decides.phone },
    { "the fabric administrator on duty", "decides", "+47 22 00 00 01" })
  check.equal(
    { library.name, library.role, library.mail },
    { "the library team", "the share of scripts", "library@example.org" })
end)

test("what starts last is shut down first", function()
  local card = stamp()
  check.equal(card.shutdown.order, { "portal", "controller", "databases" })
  check.equal(names(card.groups), { "databases", "controller", "portal" })
  check.equal(card.dependencies, { wap02 = { "wap01" } })
end)

test("every machine of the stamp is in its group, the controllers by their tag", function()
  local groups = stamp().groups
  check.equal(groups[1].vms, { "sql01", "sql02" })
  check.equal(names(groups[2].vms), { "vmm01" })
  check.equal(groups[3].vms, { "wap01", "wap02" })
end)

test("the library share is a person's word, on the way to Bergen only, never in a drill", function()
  local card = stamp()
  check.equal(#card.groups[2].before, 1)
  local task = card.groups[2].before[1]
  check.equal(task.name, "Is the library share readable from Bergen?")
  check.equal(
    task.instructions, "Open \\\\library.bergen\\scripts; look for verify-replica-network.lua.")
  check.equal({ task.by, task.deadline }, { "role:fabric-admin", "30m" })
  check.equal({ task.kinds, task.directions }, { { "planned", "unplanned" }, { "forward" } })
  -- Whoever cannot say yes refuses, and that ends the run.
  check.equal(task.choices, nil)
end)

-- Before anything is shut down

test("preflight asks for the switch of every replica's host, and touches nothing", function()
  local step = stamp().preflight[1]
  replicas {}
  local asked = {}
  world.answer("fabric.host", function(vm)
    asked[#asked + 1] = vm.site .. "/" .. vm.name
    return { name = "b1", site = "bergen", switches = { tenant = "lan" } }
  end)
  step.run(context "forward")
  check.equal(asked, { "bergen/sql01", "bergen/wap01" })
  world.answer("fabric.host", { name = "b1", site = "bergen", switches = { storage = "san" } })
  local failure = check.raises("network.switch_missing", step.run, context "forward")
  check.equal(failure.message, "the host b1 of bergen/sql01 has no switch 'tenant'")
  check.equal(world.effects(), {})
end)

test("preflight asks every other host there as well, but for one out of service", function()
  local step = stamp().preflight[2]
  local hosts = {
    { name = "b1", site = "bergen", switches = { tenant = "lan" } },
    { name = "b2", site = "bergen", switches = {}, maintenance = "new disks" },
  }
  world.answer("fabric.hosts", function(filter)
    check.equal(filter, { site = "bergen" })
    return hosts
  end)
  step.run(context "forward")
  hosts[2].maintenance = nil
  local failure = check.raises("stamp.switch_missing", step.run, context "forward")
  check.equal(failure.message, "the host b2 of bergen has no switch 'tenant'")
  check.equal(world.effects(), {})
end)

test("a replica on the wrong switch with an empty failover address is mended", function()
  local card = stamp()
  replicas({ switch = "lab", failover_address = {} }, { switch = "tenant" })
  check.equal(#card.before, 1)
  card.before[1].run(context "forward")
  check.equal(world.effects(), {
    "fabric.connect bergen/sql01 tenant nic=nic0",
    "fabric.clear_failover_address bergen/sql01 nic=nic0",
  })
end)

test("replicas that are well are not touched", function()
  local card = stamp()
  replicas { switch = "tenant", failover_address = { address = "10.2.0.11" } }
  card.before[1].run(context "forward")
  check.equal(world.effects(), {})
end)

test("what looks and what mends is done for every kind and both ways", function()
  local card = stamp()
  for _, step in ipairs { card.preflight[1], card.preflight[2], card.before[1] } do
    check.equal({ step.kinds, step.directions }, {})
  end
end)

-- Between the groups

test("no group begins before the machines of the one before it can be reached", function()
  local all = { { "sql01", "sql02" }, { "vmm01" }, { "wap01", "wap02" } }
  local asked
  world.answer("job.wait_until", function(_, options)
    check.equal(options.deadline, "2m")
    return 120
  end)
  world.answer("fabric.vm", function(name)
    asked[#asked + 1] = name
    return machine(name, "bergen")
  end)
  world.answer("fabric.reachable", true)
  local vms = {}
  for index, name in ipairs { "sql01", "sql02", "vmm01", "wap01", "wap02" } do
    vms[index] = machine(name, "oslo")
  end
  for index, group in ipairs(stamp().groups) do
    asked = {}
    check.equal(#group.after, 1)
    check.equal({ group.after[1].kinds, group.after[1].retries }, { real, 3 })
    group.after[1].run(context("forward", vms))
    check.equal(asked, all[index])
  end
end)

-- At the end of each way

test("the end is looked at after each move, the doubles in a drill", function()
  local after = stamp().after
  local kinds = {}
  for index, step in ipairs(after) do
    kinds[index] = step.kinds
  end
  check.equal(kinds, { real, real, { "planned", "failback" }, { "test" } })
end)

test("a machine that was left behind, or does not run, is told", function()
  local step = stamp().after[1]
  local vms = { sql01 = machine("sql01", "bergen"), wap01 = machine("wap01", "bergen") }
  standing(vms)
  step.run(context "forward")
  vms.wap01 = machine("wap01", "oslo")
  local failure = check.raises("stamp.left_behind", step.run, context "forward")
  check.equal(
    failure.message, "wap01 is running at oslo, not running at bergen: run the plan once more")
  vms.wap01 = machine("wap01", "bergen", {}, "off")
  check.raises("stamp.left_behind", step.run, context "forward")
end)

test("away, a card has kept its address or has the one that is mapped for it", function()
  local step = stamp().after[2]
  local vms = {}
  standing(vms)
  local function look(own, now)
    vms.sql01 = machine("sql01", "bergen", now)
    step.run(context("forward", { machine("sql01", "oslo", own) }))
  end
  look({ address = "10.0.0.11" }, { address = "10.0.0.11" })
  look({ address = "10.0.0.11" }, {
    address = "10.2.0.11", failover_address = { address = "10.2.0.11" },
  })
  look({}, { address = "10.2.0.11", address6 = "fd00::b", failover_address = {
    address = "10.2.0.11", address6 = "fd00::b",
  } })
  local failure = check.raises(
    "stamp.address_wrong", look, { address = "10.0.0.11" }, { address = "10.2.0.11" })
  check.equal(failure.message, "nic0 of bergen/sql01 has 10.2.0.11, not 10.0.0.11")
  failure = check.raises(
    "stamp.address_wrong", look, { address6 = "fd00::a" }, { address = "10.2.0.11" })
  check.equal(failure.message, "nic0 of bergen/sql01 has no address, not fd00::a")
  check.raises("stamp.address_wrong", look, {}, {
    address = "10.0.0.11", failover_address = { address = "10.2.0.11" },
  })
end)

test("at home, nothing that was mapped is left of an address", function()
  local step = stamp().after[2]
  local vms = { sql01 = machine("sql01", "oslo", { address = "10.0.0.11" }) }
  standing(vms)
  local mapped = { address = "10.2.0.11", failover_address = { address = "10.2.0.11" } }
  local away = context("back", { machine("sql01", "bergen", mapped) })
  step.run(away)
  vms.sql01 = machine("sql01", "oslo", mapped)
  local failure = check.raises("stamp.address_kept", step.run, away)
  check.equal(
    failure.message, "nic0 of oslo/sql01 still has 10.2.0.11, an address of bergen")
  vms.sql01 = machine("sql01", "oslo", { address = "10.0.0.12" })
  check.raises(
    "stamp.address_wrong", step.run,
    context("back", { machine("sql01", "bergen", { address = "10.0.0.11" }) }))
end)

test("a move ends with every machine replicated to where it was", function()
  local step = stamp().after[3]
  local states = { sql01 = "replicating", wap01 = "replicating" }
  world.answer("replication.state", function(name) return states[name] end)
  step.run(context "forward")
  states.wap01 = "failed-over"
  local failure = check.raises("stamp.not_replicated", step.run, context "forward")
  check.equal(failure.message, "wap01 is failed-over, so it could not come back")
end)

test("a drill looks at every double: it runs, and not where production is", function()
  local step = stamp().after[4]
  local vms = {
    ["bergen/sql01-test"] = machine("sql01-test", "bergen", { switch = "isolated" }),
    ["bergen/wap01-test"] = machine("wap01-test", "bergen", {}),
  }
  standing(vms)
  step.run(context "forward")
  vms["bergen/wap01-test"] = machine("wap01-test", "bergen", { switch = "tenant" })
  local failure = check.raises("stamp.double_exposed", step.run, context "forward")
  check.equal(
    failure.message, "nic0 of bergen/wap01-test is on the production's switch 'tenant'")
  vms["bergen/wap01-test"] = machine("wap01-test", "bergen", {}, "off")
  failure = check.raises("stamp.double_off", step.run, context "forward")
  check.equal(failure.message, "bergen/wap01-test does not run")
end)
