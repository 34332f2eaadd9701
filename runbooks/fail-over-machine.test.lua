--- The order in which one machine is failed over, and what keeps it from being shut down.
local function site(switch, state)
  world.answer("job.require_rights", nil)
  world.answer("fabric.vm", { name = "sql01", site = "oslo", power = "running", nics = {} })
  world.answer("replication.state", state or "replicating")
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

test("the rights are asked for before anything is looked at", function()
  local asked
  site "tenant"
  world.answer("job.require_rights", function(rights) asked = rights end)
  world.run("fail-over-machine", { vm = "sql01" })
  check.equal(asked, { "planned", "reverse" })
  world.run("fail-over-machine", { vm = "sql01", reverse = false })
  check.equal(asked, { "planned" })
end)

test("the proof is skipped with a reason only", function()
  site "tenant"
  world.run("fail-over-machine", { vm = "sql01", skip_proof = "no time", reverse = false })
  check.equal(
    world.effects()[3], "replication.failover oslo/sql01 kind=planned skip_proof=no time"
  )
end)

test("a replica that could not be connected keeps the machine from being shut down", function()
  site "lab"
  check.raises("network.switch_missing", world.run, "fail-over-machine", { vm = "sql01" })
  check.equal(world.effects(), {})
end)

test("a protection that is not ready keeps the machine from being shut down", function()
  site("tenant", "failed-over")
  check.raises("failover.not_ready", world.run, "fail-over-machine", { vm = "sql01" })
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
