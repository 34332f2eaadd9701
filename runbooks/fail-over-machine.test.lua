--- The order in which one machine is failed over, and what keeps it from being shut down.
local function site(switch)
  world.answer("fabric.vm", { name = "sql01", site = "oslo", nics = {} })
  world.answer("replication.replica", {
    name = "sql01", site = "bergen", nics = { { name = "nic0", switch = switch } },
  })
  world.answer("fabric.host", { name = "b1", site = "bergen", switches = { tenant = "lan" } })
end

test("the guest is off before the rest is sent, and all is sent before it fails over", function()
  site "tenant"
  local result = world.run("fail-over-machine", { vm = "sql01" })
  check.equal(world.effects(), {
    "fabric.stop oslo/sql01", "replication.prepare oslo/sql01",
    "replication.failover oslo/sql01 kind=planned", "replication.reverse oslo/sql01",
    "fabric.start bergen/sql01",
  })
  check.equal(result, { vm = "sql01", site = "bergen" })
end)

test("reversing and starting can be left to others", function()
  site "tenant"
  world.run("fail-over-machine", { vm = "sql01", reverse = "false", start = false })
  check.equal(world.effects(), {
    "fabric.stop oslo/sql01", "replication.prepare oslo/sql01",
    "replication.failover oslo/sql01 kind=planned",
  })
end)

test("a replica that could not be connected keeps the machine from being shut down", function()
  site "lab"
  check.raises("network.switch_missing", world.run, "fail-over-machine", { vm = "sql01" })
  check.equal(world.effects(), {})
end)

test("a card that is not connected needs no switch", function()
  site(nil)
  world.run("fail-over-machine", { vm = "sql01" })
  check.equal(#world.effects(), 5)
end)

test("the machine must be named", function()
  check.raises("run.parameter_invalid", world.run, "fail-over-machine")
end)
