--- What the add-on's terms come to for each machine, and for the others when one fails.
local addon = require "addon"

local function new(...)
  local vms = {}
  for index, name in ipairs { ... } do
    vms[index] = { name = name, site = "oslo", subscription = "contoso" }
  end
  world.answer("fabric.select", function(filter)
    check.equal(filter, { subscription = "contoso", protected = false })
    return vms
  end)
end

local function refuse(verb, name, code)
  world.answer(verb, function(vm)
    if vm.name == name then
      error { code = code, message = "refused" }
    end
  end)
end

local contoso = { name = "contoso", add_on = { target = "bergen", interval = "5m", points = 4 } }

test("each is protected on the terms and copied", function()
  new("web01", "web02")
  local count, failures = addon.protect_new(contoso)
  check.equal({ count, failures }, { 2, {} })
  check.equal(world.effects(), {
    "replication.protect oslo/web01 interval=5m points=4 target=bergen",
    "replication.first_copy oslo/web01",
    "replication.protect oslo/web02 interval=5m points=4 target=bergen",
    "replication.first_copy oslo/web02",
  })
end)

test("with a quiet hour the first copy is left to it", function()
  new "web01"
  addon.protect_new {
    name = "contoso",
    add_on = { target = "bergen", rpo = "15m", first_copy = { at = "22:00", zone = "UTC" } },
  }
  check.equal(#world.effects(), 1)
end)

test("a machine is protected on the terms that it bears, before those of the add-on", function()
  world.answer("fabric.select", function()
    return { { name = "web01", site = "oslo", recovery = { target = "tromso", rpo = "5m" } } }
  end)
  check.equal(addon.protect_new(contoso), 1)
  check.equal(world.effects()[1], "replication.protect oslo/web01 rpo=5m target=tromso")
end)

test("S-3: those that ask are protected without an add-on", function()
  world.answer("fabric.select", function(filter)
    check.equal(filter, { subscription = "contoso", protected = false, recovery = true })
    return {
      {
        name = "web01", site = "oslo", subscription = "contoso",
        recovery = { target = "bergen", first_copy = { at = "22:00", zone = "UTC" } },
      },
    }
  end)
  local count, failures = addon.protect_asking("contoso", {})
  check.equal({ count, failures }, { 1, {} })
  check.equal(#world.effects(), 1)
  check.equal(world.notes(), { "web01 of contoso is protected at bergen" })
end)

test("S-3: what an add-on covers is left to it", function()
  world.answer("fabric.select", function()
    return {
      { name = "web01", site = "oslo", subscription = "contoso", recovery = { target = "bergen" } },
      { name = "dns01", site = "oslo", recovery = { target = "bergen" } },
    }
  end)
  check.equal(addon.protect_asking(nil, { contoso = true }), 1)
  check.equal(world.notes(), { "dns01 of the house is protected at bergen" })
end)

test("what stands at the target already is not protected to itself", function()
  new "web01"
  check.equal(addon.protect_new { name = "contoso", add_on = { target = "oslo" } }, 0)
  check.equal(world.effects(), {})
end)

test("what somebody else saw to is no failure", function()
  for _, code in ipairs { "replication.already_protected", "run.vm_claimed" } do
    new("web01", "web02")
    refuse("replication.protect", "web01", code)
    local count, failures = addon.protect_new(contoso)
    check.equal({ count, failures }, { 1, {} })
  end
end)

test("one that cannot be protected does not keep the others from it", function()
  new("web01", "web02", "web03")
  refuse("replication.protect", "web02", "replication.disk_not_replicable")
  local count, failures = addon.protect_new(contoso)
  check.equal({ count, failures }, { 2, { "web02: refused" } })
end)

test("a copy that fails is told, and the machine is not counted", function()
  new "web01"
  refuse("replication.first_copy", "web01", "fabric.disk_missing")
  local count, failures = addon.protect_new(contoso)
  check.equal({ count, failures }, { 0, { "web01: refused" } })
end)

test("failures are raised together, and none raises nothing", function()
  addon.require_none {}
  local done, message = pcall(addon.require_none, { "web01: no", "web02: neither" })
  check.equal(done, false)
  check.equal(message, "2 machines are not protected: web01: no; web02: neither")
end)
