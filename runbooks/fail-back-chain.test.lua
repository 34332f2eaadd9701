--- The machine of a chain comes home: in which order the chain is broken and made again.
local states

--- Each protection by its key; what the verbs do to them is done here.
local function chain(pair, extended)
  states = { sql01 = pair, ["sql01:extended"] = extended }
  local function key(vm) return type(vm) == "table" and vm.name or vm end
  local function becomes(verb, state)
    world.answer(verb, function(vm) states[key(vm)] = state end)
  end
  world.answer("job.require_rights", nil)
  world.answer("fabric.vm", { name = "sql01", site = "bergen", power = "running", nics = {} })
  world.answer("replication.state", function(vm) return states[key(vm)] end)
  world.answer("replication.replica", function(vm)
    local site = vm == "sql01:extended" and "tromso" or "oslo"
    return { name = "sql01", site = site, host = site .. "1", nics = {} }
  end)
  world.answer("replication.terms", function(vm)
    return vm == "sql01:extended" and { interval = "15m", points = 4 } or { replica = "oslo" }
  end)
  becomes("replication.remove", "disabled")
  becomes("replication.complete", "failed-over")
  becomes("replication.reverse", "waiting-for-resync")
  becomes("replication.resync", "replicating")
  world.answer("replication.extend", function()
    states["sql01:extended"] = "ready-for-initial-replication"
  end)
end

local arguments = { vm = "sql01", home = "oslo" }

test("the chain is broken, the machine comes home, and its end is taken up again", function()
  chain("failed-over-waiting-completion", "resync-suspended")
  local result = world.run("fail-back-chain", arguments)
  check.equal(result, { vm = "sql01", site = "oslo", from = "bergen", last = "tromso" })
  check.equal(world.effects(), {
    "replication.remove sql01:extended", "replication.complete bergen/sql01",
    "replication.reverse bergen/sql01", "replication.resync bergen/sql01",
    "fabric.stop bergen/sql01", "replication.prepare bergen/sql01",
    "replication.failover bergen/sql01 kind=failback", "replication.reverse bergen/sql01",
    "fabric.start oslo/sql01",
    "replication.extend bergen/sql01 host=tromso1 interval=15m points=4 target=tromso",
    "replication.first_copy sql01:extended",
  })
end)

test("a chain that an earlier run broke is made again on the orphan", function()
  chain("replicating", "disabled")
  world.answer("replication.orphans", {
    { name = "web01", site = "tromso" }, { name = "sql01", site = "tromso", host = "t1" },
  })
  world.run("fail-back-chain", arguments)
  local effects = world.effects()
  check.equal(effects[1], "fabric.stop bergen/sql01")
  check.equal(effects[#effects], "replication.first_copy sql01:extended")
  check.equal(
    effects[#effects - 1],
    "replication.extend bergen/sql01 host=t1 interval=15m points=1 target=tromso"
  )
end)

test("what is at home with its chain is left alone", function()
  chain("replicating", "replicating")
  world.answer("fabric.vm", { name = "sql01", site = "oslo", power = "running", nics = {} })
  world.run("fail-back-chain", arguments)
  check.equal(world.effects(), {})
end)

test("a machine without a chain is left alone", function()
  chain("replicating", "disabled")
  world.answer("replication.orphans", {})
  check.raises("failover.chain_missing", world.run, "fail-back-chain", arguments)
  check.equal(world.effects(), {})
end)
