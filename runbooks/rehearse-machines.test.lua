--- Every machine is rehearsed by a run of its own, and the failures are told together.
local function machines(...)
  local vms = {}
  for index, name in ipairs { ... } do
    vms[index] = { name = name, site = "oslo" }
  end
  world.answer("fabric.select", function(filter)
    check.equal(filter, { protected = true })
    return vms
  end)
end

test("each machine gets its run, and their answers come back in order", function()
  machines("web01", "web02")
  world.answer("job.run", function(name, parameters)
    check.equal(name, "test-failover")
    return { vm = parameters.vm, answer = parameters.vm == "web01" and "yes" or "reachable" }
  end)
  local result = world.run("rehearse-machines")
  check.equal(result, { works = 2, answers = { "yes", "reachable" } })
end)

test("one that fails keeps no other from being looked at", function()
  machines("web01", "web02", "web03")
  local seen = {}
  world.answer("job.run", function(_, parameters)
    seen[#seen + 1] = parameters.vm
    if parameters.vm == "web01" then
      error { code = "run.child_failed", message = "run 7 (test-failover) failed" }
    end
    return { vm = parameters.vm, answer = "yes" }
  end)
  local failure = check.raises("run.branches_failed", world.run, "rehearse-machines")
  check.equal(seen, { "web01", "web02", "web03" })
  check.equal(failure.failures[1].code, "run.child_failed")
  check.equal(failure.results[3], "yes")
end)
