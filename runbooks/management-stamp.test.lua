--- The steps of the stamp: what preflight refuses, what is mended before the shutdown, what is
-- asked, and what must answer at the end.
local function stamp()
  world.answer("fabric.select", function(filter)
    check.equal(filter, { tag = "vmm" })
    return { { name = "vmm01", site = "oslo" } }
  end)
  return require "management-stamp"
end

local function replica_on(switch, address)
  world.answer("replication.replica", function(vm)
    local nic = { name = "nic0", switch = switch, failover_address = address }
    return { name = vm.name, site = "bergen", nics = { nic } }
  end)
end

local function host_with(switch)
  world.answer("fabric.host", { name = "b1", site = "bergen", switches = { [switch] = "lan" } })
end

local context = world.context {
  { name = "sql01", site = "oslo" }, { name = "wap01", site = "oslo" },
  { name = "wap02", site = "oslo" },
}

test("what starts last is shut down first", function()
  local card = stamp()
  check.equal(card.shutdown.order, { "portal", "controller", "databases" })
  local names = {}
  for index, group in ipairs(card.groups) do
    names[index] = group.name
  end
  check.equal(names, { "databases", "controller", "portal" })
end)

test("preflight refuses a site whose hosts lack the tenant switch, and touches nothing", function()
  local card = stamp()
  replica_on "lab"
  host_with "storage"
  check.raises("network.switch_missing", card.preflight[1].run, context)
  host_with "tenant"
  card.preflight[1].run(context)
  check.equal(world.effects(), {})
end)

test("a replica on the wrong switch with an empty failover address is mended", function()
  local card = stamp()
  replica_on("lab", {})
  card.before[1].run(context)
  check.equal({ table.unpack(world.effects(), 1, 2) }, {
    "fabric.connect bergen/sql01 tenant nic=nic0",
    "fabric.clear_failover_address bergen/sql01 nic=nic0",
  })
  check.equal(#world.effects(), 6)
end)

test("replicas that are well are not touched", function()
  local card = stamp()
  replica_on("tenant", { address = "10.2.0.11" })
  card.before[1].run(context)
  check.equal(world.effects(), {})
end)

test("the library share is a person's word, not asked in a drill", function()
  local task = stamp().groups[2].before[1]
  check.equal(task.by, "role:fabric-admin")
  check.equal(task.deadline, "30m")
  check.equal(task.kinds, { "planned", "unplanned" })
end)

test("the portal must be reachable through both of its machines", function()
  local card = stamp()
  local asked = {}
  world.answer("job.wait_until", 120)
  world.answer("fabric.vm", function(name)
    asked[#asked + 1] = name
    return { name = name, site = "bergen" }
  end)
  world.answer("fabric.reachable", true)
  card.groups[3].after[1].run(context)
  check.equal(asked, { "wap01", "wap02" })
end)
