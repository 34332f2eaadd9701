--- Machines of a subscription are protected once each, wherever they come from.
local function subscription(...)
  local protected, vms = {}, {}
  for index, name in ipairs { ... } do
    vms[index] = { name = name, site = "oslo" }
  end
  world.answer("fabric.select", function(filter)
    check.equal(filter, { subscription = "contoso", protected = false })
    local new = {}
    for _, vm in ipairs(vms) do
      if not protected[vm.name] then
        new[#new + 1] = vm
      end
    end
    return new
  end)
  world.answer("replication.protect", function(vm)
    protected[vm.name] = true
  end)
end

test("each new machine is protected and copied, in order", function()
  subscription("web01", "web02")
  local result = world.run("protect-new-machines", { subscription = "contoso" })
  check.equal(world.effects(), {
    "replication.protect oslo/web01 interval=5m target=bergen", "replication.first_copy oslo/web01",
    "replication.protect oslo/web02 interval=5m target=bergen", "replication.first_copy oslo/web02",
  })
  check.equal(result, { protected = 2 })
  check.equal(world.notes(), {
    "web01 is protected at bergen", "web02 is protected at bergen",
  })
end)

test("a machine deployed between two ticks is protected once", function()
  subscription("web01")
  world.run("protect-new-machines", { subscription = "contoso" })
  local result = world.run("protect-new-machines", { subscription = "contoso" })
  check.equal(result, { protected = 0 })
  check.equal(#world.effects(), 2)
end)

test("target, interval and first copy are as asked for", function()
  subscription("web01")
  world.run("protect-new-machines", {
    subscription = "contoso", target = "narvik", interval = "30s", first_copy = false,
  })
  check.equal(world.effects(), { "replication.protect oslo/web01 interval=30s target=narvik" })
end)

test("an interval that replication does not know is refused", function()
  subscription("web01")
  check.raises(
    "run.argument_invalid", world.run, "protect-new-machines",
    { subscription = "contoso", interval = "1m" }
  )
end)

test("a failure stops at the machine that has it", function()
  subscription("web01", "web02")
  world.answer("replication.first_copy", function()
    error { code = "fabric.disk_missing", message = "oslo/web01 has lost disk0" }
  end)
  check.raises(
    "fabric.disk_missing", world.run, "protect-new-machines", { subscription = "contoso" }
  )
  check.equal(#world.effects(), 2)
end)
