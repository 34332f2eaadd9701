--- What is new in the subscriptions that have the add-on, and in no other.
local function world_of(vms, pairings)
  world.answer("fabric.pairings", function()
    return pairings or {}
  end)
  world.answer("subscription.select", function(filter)
    check.equal(filter, { add_on = true })
    return {
      { name = "contoso", add_on = { target = "bergen" } },
      { name = "fabrikam", add_on = { target = "bergen" } },
    }
  end)
  world.answer("fabric.select", function(filter)
    local found = {}
    local owner = filter.host or filter.recovery and "asking" or filter.subscription
    for _, name in ipairs(vms[owner] or {}) do
      found[#found + 1] = {
        name = name, site = "oslo", subscription = filter.subscription,
        recovery = filter.recovery and { target = "tromso" },
      }
    end
    return found
  end)
end

test("every subscription that has the add-on gets it for what is new", function()
  world_of { contoso = { "web01" }, fabrikam = { "sql01" }, tailspin = { "app01" } }
  check.equal(world.run("protect-new-machines", {}), { protected = 2 })
  check.equal(world.effects(), {
    "replication.protect oslo/web01 target=bergen", "replication.first_copy oslo/web01",
    "replication.protect oslo/sql01 target=bergen", "replication.first_copy oslo/sql01",
  })
  check.equal(world.notes(), {
    "web01 of contoso is protected at bergen", "sql01 of fabrikam is protected at bergen",
  })
end)

test("one subscription can be named", function()
  world_of { contoso = { "web01" }, fabrikam = { "sql01" } }
  check.equal(world.run("protect-new-machines", { subscription = "fabrikam" }), { protected = 1 })
  check.equal(#world.effects(), 2)
end)

test("S-3: a machine whose template asks for it is protected without an add-on", function()
  world_of { contoso = { "web01" }, asking = { "dns01" } }
  check.equal(world.run("protect-new-machines", {}), { protected = 2 })
  check.equal(world.effects()[3], "replication.protect oslo/dns01 target=tromso")
end)

test("nothing new is nothing to do", function()
  world_of {}
  check.equal(world.run("protect-new-machines", {}), { protected = 0 })
  check.equal(world.effects(), {})
end)

test("a machine that fails fails the run, after the others are protected", function()
  world_of { contoso = { "web01" }, fabrikam = { "sql01" } }
  world.answer("replication.protect", function(vm)
    if vm.name == "web01" then
      error { code = "replication.disk_not_replicable", message = "disk1 is passed through" }
    end
  end)
  local done, failure = pcall(world.run, "protect-new-machines", {})
  check.equal(done, false)
  local text = type(failure) == "table" and failure.message or failure
  local named = "1 machines are not protected: web01: disk1 is passed through"
  check.equal(text:find(named, 1, true) ~= nil, true)
  check.equal(world.notes()[2], "sql01 of fabrikam is protected at bergen")
end)

test("N-2: what is deployed to a paired cloud is protected on the pairing's terms", function()
  world_of({ ["oslo-1"] = { "a", "b" }, ["oslo-2"] = { "c" } }, {
    {
      site = "oslo", cloud = "office", hosts = { "oslo-1" }, target = "bergen",
      target_cloud = "gold", target_hosts = { "bergen-1", "bergen-2" }, interval = "15m",
      points = 3, compression = false,
    },
  })
  check.equal(world.run("protect-new-machines", {}), { protected = 2 })
  local terms = "interval=15m points=3 target=bergen"
  check.equal(world.effects(), {
    "replication.protect oslo/a compression=false host=bergen-1 " .. terms,
    "replication.first_copy oslo/a",
    "replication.protect oslo/b compression=false host=bergen-2 " .. terms,
    "replication.first_copy oslo/b",
  })
end)
