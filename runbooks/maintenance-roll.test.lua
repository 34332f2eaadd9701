--- A change rolled over a cluster: one host at a time, whatever happens to the change.
local function cluster_of(...)
  local hosts = {}
  for index, host in ipairs { ... } do
    host.site, host.switches, host.clusters = "oslo", {}, { "compute" }
    hosts[index] = host
  end
  world.answer("fabric.hosts", function(filter)
    check.equal(filter, { site = "oslo", cluster = "compute" })
    return hosts
  end)
end

local function roll(change)
  return world.run("maintenance-roll", { site = "oslo", cluster = "compute", change = change })
end

test("N-6: each host is emptied, changed by a person and put back before the next", function()
  cluster_of({ name = "a" }, { name = "b" })
  world.answer("job.ask", function(title)
    return title
  end)
  check.equal(roll(), { hosts = 2 })
  local order = {}
  for _, effect in ipairs(world.effects()) do
    order[#order + 1] = effect:match "^%S+ %S+"
  end
  check.equal(order, {
    "fabric.enter_maintenance oslo/a", "fabric.leave_maintenance oslo/a",
    "fabric.enter_maintenance oslo/b", "fabric.leave_maintenance oslo/b",
  })
  check.equal(world.notes()[1], "a is empty and in maintenance")
end)

test("a runbook can be the change, and is given the host", function()
  cluster_of { name = "a" }
  world.answer("job.run", function(name, parameters)
    check.equal(name, "flash-firmware")
    check.equal(parameters, { host = "oslo/a" })
    return {}
  end)
  check.equal(roll "flash-firmware", { hosts = 1 })
end)

test("N-6: a change that fails leaves its host in maintenance and touches no other", function()
  cluster_of({ name = "a" }, { name = "b" })
  world.answer("job.run", function()
    error { code = "firmware.refused", message = "the card refuses it" }
  end)
  check.raises("firmware.refused", roll, "flash-firmware")
  check.equal(#world.effects(), 1)
end)

test("the next roll begins with the host that the last one left", function()
  cluster_of({ name = "a" }, { name = "b", maintenance = "roll over compute" })
  world.answer("job.run", {})
  roll "flash-firmware"
  check.equal(world.notes()[1], "b is empty and in maintenance")
end)

test("a host that somebody else has in maintenance stops the roll before it begins", function()
  cluster_of({ name = "a" }, { name = "b", maintenance = "new disks" })
  local failure = check.raises("fabric.cluster_in_maintenance", roll)
  check.equal(failure.message, "b of oslo is in maintenance: new disks")
  check.equal(world.effects(), {})
end)
