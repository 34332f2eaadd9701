--- The incident: a replica on the wrong switch, its failover address on but empty, is found, then
-- mended when asked.
local function replicas(...)
  local by_name, vms = {}, {}
  for index, replica in ipairs { ... } do
    vms[index] = { name = replica.name, site = "oslo" }
    by_name[replica.name] = replica
  end
  world.answer("fabric.select", function(filter)
    check.equal(filter, { protected = true })
    return vms
  end)
  world.answer("replication.replica", function(vm)
    return by_name[vm.name]
  end)
  world.answer("fabric.host", { name = "b1", site = "bergen", switches = { tenant = "lan" } })
end

local function replica(name, nic)
  nic.name = "nic0"
  return { name = name, site = "bergen", nics = { nic } }
end

test("replicas that are well are left alone", function()
  replicas(replica("sql01", { switch = "tenant", failover_address = { address = "10.2.0.11" } }))
  check.equal(world.run("verify-replica-network"), { faults = 0, mended = false })
  check.equal(world.effects(), {})
end)

test("every fault is found before anything is raised, and nothing is touched", function()
  replicas(
    replica("sql01", { switch = "lab", failover_address = {} }), replica("web01", {}),
    replica("web02", { switch = "tenant" })
  )
  local failure = check.raises("network.faults_found", world.run, "verify-replica-network")
  check.equal(failure.message, "3 fault(s) found; run again with mend=true")
  check.equal(world.notes(), {
    "nic0 of bergen/sql01 is on 'lab'", "nic0 of bergen/sql01: empty failover address",
    "nic0 of bergen/web01 is on ''",
  })
  check.equal(world.effects(), {})
end)

test("faults are mended when that is asked for", function()
  replicas(replica("sql01", { switch = "lab", failover_address = {} }))
  local result = world.run("verify-replica-network", { mend = "true" })
  check.equal(result, { faults = 2, mended = true })
  check.equal(world.effects(), {
    "fabric.connect bergen/sql01 tenant nic=nic0",
    "fabric.clear_failover_address bergen/sql01 nic=nic0",
  })
end)

test("a host without the switch cannot be mended from here", function()
  replicas(replica("sql01", { switch = "lab" }))
  check.raises(
    "network.switch_missing", world.run, "verify-replica-network",
    { switch = "storage", mend = "true" }
  )
  check.equal(world.effects(), {})
end)
