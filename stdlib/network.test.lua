--- What network's functions look at, what they move, and how they refuse.
local network = require "network"

local function replica(...)
  return { name = "sql01", site = "bergen", nics = { ... } }
end

local function host_with(...)
  local switches = {}
  for _, name in ipairs { ... } do
    switches[name] = "lan"
  end
  world.answer("fabric.host", { name = "b1", site = "bergen", switches = switches })
end

test("a switch is there when the host of the vm offers it", function()
  host_with("tenant")
  check.equal(network.has_switch(replica(), "tenant"), true)
  check.equal(network.has_switch(replica(), "storage"), false)
end)

test("a host without the switch is refused by name", function()
  host_with("storage")
  network.require_host_switch(replica(), "storage")
  local failure = check.raises(
    "network.switch_missing", network.require_host_switch, replica(), "tenant"
  )
  check.equal(failure.message, "the host b1 of bergen/sql01 has no switch 'tenant'")
end)

test("a card on another switch is refused, and so is one on none", function()
  network.require_switch(replica { name = "nic0", switch = "tenant" }, "tenant")
  local wrong = replica({ name = "nic0", switch = "tenant" }, { name = "nic1", switch = "lab" })
  local failure = check.raises("network.wrong_switch", network.require_switch, wrong, "tenant")
  check.equal(failure.message, "nic1 of bergen/sql01 is on 'lab', not on the switch 'tenant'")
  failure = check.raises(
    "network.wrong_switch", network.require_switch, replica { name = "nic0" }, "tenant"
  )
  check.equal(failure.message, "nic0 of bergen/sql01 is on no switch, not on the switch 'tenant'")
end)

test("cards that are elsewhere are moved and told, the others stay", function()
  local vm = replica(
    { name = "nic0", switch = "tenant" }, { name = "nic1", switch = "lab" }, { name = "nic2" }
  )
  check.equal(network.put_on_switch(vm, "tenant"), 2)
  check.equal(world.effects(), {
    "fabric.connect bergen/sql01 tenant nic=nic1", "fabric.connect bergen/sql01 tenant nic=nic2",
  })
  check.equal(world.notes(), {
    "nic1 of bergen/sql01: from 'lab' to 'tenant'", "nic2 of bergen/sql01: from '' to 'tenant'",
  })
end)

test("a vm that is right already is left alone", function()
  check.equal(network.put_on_switch(replica { name = "nic0", switch = "tenant" }, "tenant"), 0)
  check.equal(world.effects(), {})
end)

test("only a failover address that is on but empty is turned off", function()
  local vm = replica(
    { name = "nic0", failover_address = {} }, { name = "nic1" },
    { name = "nic2", failover_address = { address = "10.2.0.11" } }
  )
  check.equal(network.clear_empty_failover_addresses(vm), 1)
  check.equal(world.effects(), { "fabric.clear_failover_address bergen/sql01 nic=nic0" })
end)
