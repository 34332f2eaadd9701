--- The agreement ends first, then every protection of the subscription, and none of another.
local function contoso(states, ...)
  local vms = {}
  for index, name in ipairs { ... } do
    vms[index] = { name = name, site = "oslo" }
  end
  world.answer("fabric.select", function(filter)
    check.equal(filter, { subscription = "contoso", protected = true })
    return vms
  end)
  world.answer("replication.state", function(key) return states[key] or "disabled" end)
end

test("protections end from the end of each chain", function()
  contoso(
    { web01 = "replicating", ["web01:extended"] = "suspended", web02 = "error" }, "web01", "web02")
  local result = world.run("disable-dr-add-on", { subscription = "contoso" })
  check.equal(result, { ended = 3 })
  check.equal(world.effects(), {
    "subscription.detach contoso",
    "replication.remove web01:extended delete_replica=false",
    "replication.remove web01 delete_replica=false",
    "replication.remove web02 delete_replica=false",
  })
  check.equal(world.notes(), {
    "web01 is not protected any more", "web02 is not protected any more",
  })
end)

test("replicas are deleted when that is asked for", function()
  contoso({ web01 = "replicating" }, "web01")
  world.run("disable-dr-add-on", { subscription = "contoso", delete_replicas = true })
  check.equal(world.effects()[2], "replication.remove web01 delete_replica=true")
end)

test("a protection that cannot end ends the run, and says so", function()
  contoso({ web01 = "failed-over" }, "web01")
  world.answer("replication.remove", function()
    error { code = "replication.transition_refused", message = "it is failed over" }
  end)
  check.raises(
    "replication.transition_refused", world.run, "disable-dr-add-on", { subscription = "contoso" })
end)
