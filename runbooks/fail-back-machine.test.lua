--- One machine comes home, from whatever stands.
local function away(...)
  local list, count = { ... }, 0
  world.answer("job.require_rights", nil)
  world.answer("fabric.vm", { name = "sql01", site = "bergen", power = "running", nics = {} })
  world.answer("replication.terms", { replica = "oslo" })
  world.answer("replication.replica", { name = "sql01", site = "oslo", nics = {} })
  world.answer("replication.state", function()
    count = math.min(count + 1, #list)
    return list[count]
  end)
end

local arguments = { vm = "sql01", home = "oslo" }

test("after an unplanned failover it is committed, compared, and failed over home", function()
  away(
    "failed-over-waiting-completion", "failed-over", "waiting-for-resync", "replicating"
  )
  check.equal(world.run("fail-back-machine", arguments), {
    vm = "sql01", site = "oslo", from = "bergen",
  })
  check.equal(world.effects(), {
    "replication.complete bergen/sql01", "replication.reverse bergen/sql01",
    "replication.resync bergen/sql01", "fabric.stop bergen/sql01",
    "replication.prepare bergen/sql01", "replication.failover bergen/sql01 kind=failback",
    "replication.reverse bergen/sql01", "fabric.start oslo/sql01",
  })
end)

test("what replicates home already is failed over at once", function()
  away "replicating"
  world.run("fail-back-machine", arguments)
  check.equal(world.effects()[1], "fabric.stop bergen/sql01")
end)

test("what is at home is left alone", function()
  away "replicating"
  world.answer("fabric.vm", { name = "sql01", site = "oslo", power = "running", nics = {} })
  world.run("fail-back-machine", arguments)
  check.equal(world.effects(), {})
end)

test("all three rights are asked for first", function()
  away "replicating"
  world.answer("job.require_rights", function(rights)
    check.equal(rights, { "planned", "complete", "reverse" })
    error { code = "scope.refused", message = "no" }
  end)
  check.raises("scope.refused", world.run, "fail-back-machine", arguments)
  check.equal(world.effects(), {})
end)
