--- Protection ends from the end of the chain, once.
local function protections(states, orphans)
  world.answer("fabric.vm", { name = "sql01", site = "oslo" })
  world.answer("replication.state", function(key) return states[key] or "disabled" end)
  world.answer("replication.orphans", orphans or {})
end

test("a chain ends at its end first", function()
  protections(
    { sql01 = "replicating", ["sql01:extended"] = "suspended" },
    { { name = "sql01", site = "bergen" }, { name = "web01", site = "bergen" } }
  )
  local result = world.run("take-out-of-protection", { vm = "sql01" })
  check.equal(world.effects(), {
    "replication.remove sql01:extended delete_replica=false",
    "replication.remove sql01 delete_replica=false",
  })
  check.equal(result, { vm = "sql01", ended = 2, left = { "bergen/sql01" } })
end)

test("replicas are deleted when that is asked for", function()
  protections { sql01 = "error" }
  world.run("take-out-of-protection", { vm = "sql01", delete_replica = "true" })
  check.equal(world.effects(), { "replication.remove sql01 delete_replica=true" })
end)

test("a machine that is not protected is left alone", function()
  protections {}
  check.equal(world.run("take-out-of-protection", { vm = "sql01" }), {
    vm = "sql01", ended = 0, left = {},
  })
  check.equal(world.effects(), {})
end)
