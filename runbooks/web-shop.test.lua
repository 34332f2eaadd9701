--- The steps of the shop: what is set before the move, how it is undone, and what must answer.
local context = world.context {
  { name = "sql01", site = "oslo" }, { name = "wap01", site = "oslo" },
  { name = "wap02", site = "oslo" },
}

local function shop()
  world.answer("replication.replica", function(vm)
    return { name = vm.name, site = "bergen" }
  end)
  return require "web-shop"
end

test("the card says what was promised, and who owns the shop", function()
  local card = shop()
  check.equal({ card.source, card.target }, { "oslo", "bergen" })
  check.equal(card.objective, { rpo = "5m", rto = "30m" })
  local owner = card.contacts[1]
  check.equal(
    { owner.name, owner.role, owner.phone },
    { "the shop's night shift", "owns the shop", "+47 22 00 00 02" })
end)

test("who needs whom is said once", function()
  check.equal(shop().dependencies, { wap02 = { "wap01" }, wap01 = { "sql01" } })
end)

test("the front takes its address, and gives it back when that is undone", function()
  local card = shop()
  check.equal(card.before[1].directions, { "forward" })
  check.equal(card.before[1].kinds, { "planned", "unplanned" })
  card.before[1].run(context)
  card.before[1].undo(context)
  check.equal(world.effects(), {
    "fabric.set_failover_address bergen/wap02 10.2.0.22",
    "fabric.clear_failover_address bergen/wap02",
  })
end)

test("what is smaller or otherwise in Bergen stands with the machine", function()
  local groups = shop().groups
  check.equal(groups[1].vms[1].overrides, { processors = 2, memory = "2GiB" })
  check.equal(groups[2].vms[1].overrides, { address = "10.2.0.21" })
end)

test("the front must answer when it is failed over, not in a drill", function()
  local step = shop().groups[2].vms[2].after[1]
  check.equal(step.kinds, { "planned", "unplanned", "failback" })
  local asked
  world.answer("job.wait_until", 120)
  world.answer("fabric.vm", function(name)
    asked = name
    return { name = name, site = "bergen" }
  end)
  world.answer("fabric.reachable", true)
  step.run(context)
  check.equal(asked, "wap02")
end)
