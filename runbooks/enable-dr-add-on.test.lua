--- The agreement first, then what follows from it.
local function contoso(...)
  local vms = {}
  for index, name in ipairs { ... } do
    vms[index] = { name = name, site = "oslo" }
  end
  local terms
  world.answer("subscription.attach", function(_, given) terms = given end)
  world.answer("subscription.get", function(name) return { name = name, add_on = terms } end)
  world.answer("fabric.select", function(filter)
    check.equal(filter, { subscription = "contoso", protected = false })
    return vms
  end)
  return function() return terms end
end

test("what it has now is protected on the terms", function()
  local terms = contoso("web01", "web02")
  local result = world.run("enable-dr-add-on", { subscription = "contoso", target = "bergen" })
  check.equal(result, { protected = 2 })
  check.equal(terms(), { target = "bergen", interval = "5m", points = 4 })
  check.equal(
    world.effects()[2], "replication.protect oslo/web01 interval=5m points=4 target=bergen")
  check.equal(#world.effects(), 5)
end)

test("the quiet hour is part of the terms", function()
  local terms = contoso "web01"
  world.run("enable-dr-add-on", {
    subscription = "contoso", target = "bergen", first_copy = "22:00", zone = "Europe/Oslo",
  })
  check.equal(terms().first_copy, { at = "22:00", zone = "Europe/Oslo" })
  check.equal(#world.effects(), 2)
end)

test("a subscription without machines has the add-on all the same", function()
  contoso()
  local result = world.run("enable-dr-add-on", { subscription = "contoso", target = "bergen" })
  check.equal(result, { protected = 0 })
  check.equal(#world.effects(), 1)
end)

test("terms that are refused protect nothing", function()
  contoso "web01"
  world.answer("subscription.attach", function()
    error { code = "name.unknown", message = "there is no site 'bregen'" }
  end)
  check.raises("name.unknown", world.run, "enable-dr-add-on",
    { subscription = "contoso", target = "bergen" })
  check.equal(#world.effects(), 1)
end)
