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
  local order = {}
  local function ordered(...)
    local words = { ... }
    return function(what)
      order[#order + 1] = table.concat(words, " ") .. " " .. (what.name or what)
    end
  end
  for word, verb in pairs { close = "fabric.enter_maintenance", open = "fabric.leave_maintenance",
    tell = "job.note", done = "job.progress", ask = "job.ask" } do
    world.answer(verb, ordered(word))
  end
  check.equal(roll(), { hosts = 2 })
  check.equal(order, {
    "close a", "tell a is empty and in maintenance",
    "ask The host a of oslo is empty: change it", "open a", "done a is done, 1 of 2",
    "close b", "tell b is empty and in maintenance",
    "ask The host b of oslo is empty: change it", "open b", "done b is done, 2 of 2",
  })
  check.equal(
    world.effects()[1]:gsub("^(%S+ %S+).*reason=", "%1 "),
    "fabric.enter_maintenance oslo/a roll over compute")
end)

test("the person confirms that the host is changed, within a day", function()
  cluster_of { name = "a" }
  local asked
  world.answer("job.ask", function(_, options) asked = options end)
  roll()
  check.equal(asked, {
    instructions = "Nothing runs on it. Confirm when it is changed and works.",
    choices = { "changed" },
    deadline = "1d",
  })
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
