--- A failover without loss and the way round: what is done, in which order, and what a failure
-- leaves.
local failover = require "failover"

local vm = { name = "web01", site = "oslo", power = "running" }

--- Answers with each state in turn; the last one stays.
local function states(...)
  local list, count = { ... }, 0
  world.answer("replication.state", function()
    count = math.min(count + 1, #list)
    return list[count]
  end)
end

local function refuse(verb, code)
  world.answer(verb, function()
    error { code = code, message = "refused" }
  end)
end

local function replica()
  world.answer("replication.replica", { name = "web01", site = "bergen", nics = {} })
end

test("a failure before the failover gives the vm back, running", function()
  replica()
  states "replicating"
  refuse("replication.failover", "replication.content_differs")
  check.raises(
    "replication.content_differs", failover.without_loss, vm, { kind = "planned", start = true }
  )
  check.equal(world.effects(), {
    "fabric.stop oslo/web01", "replication.prepare oslo/web01",
    "replication.failover oslo/web01 kind=planned", "replication.cancel_preparation oslo/web01",
    "fabric.start oslo/web01",
  })
end)

test("a vm that was off stays off when it is given back", function()
  replica()
  states "error"
  refuse("replication.prepare", "fabric.site_unreachable")
  check.raises(
    "fabric.site_unreachable", failover.without_loss,
    { name = "web01", site = "oslo", power = "off" }, { kind = "planned" }
  )
  check.equal(world.effects()[4], nil)
end)

test("what cannot be given back is warned of, and the first failure told", function()
  replica()
  states "replicating"
  refuse("replication.failover", "fabric.site_unreachable")
  refuse("replication.cancel_preparation", "replication.transition_refused")
  check.raises("fabric.site_unreachable", failover.without_loss, vm, { kind = "planned" })
  check.equal(world.notes(), { "oslo/web01 stays off: refused" })
end)

test("what is prepared is not shut down again", function()
  replica()
  states "prepared-for-failover"
  failover.without_loss(vm, { kind = "failback" })
  check.equal(world.effects(), { "replication.failover oslo/web01 kind=failback" })
end)

test("a failover that waits is committed, reversed, and compared when it must be", function()
  states("failed-over-waiting-completion", "failed-over", "waiting-for-resync")
  failover.turn_round(vm)
  check.equal(world.effects(), {
    "replication.complete oslo/web01", "replication.reverse oslo/web01",
    "replication.resync oslo/web01",
  })
end)

test("what rests goes on before it is compared", function()
  states("resync-suspended", "resync-suspended", "resync-suspended", "waiting-for-resync")
  failover.turn_round(vm)
  check.equal(world.effects(), {
    "replication.resume oslo/web01", "replication.resync oslo/web01",
  })
end)

test("what replicates is left alone", function()
  states "replicating"
  failover.turn_round(vm)
  check.equal(world.effects(), {})
end)

test("a vm at home is started, and no more", function()
  states "replicating"
  failover.come_home({ name = "web01", site = "oslo", power = "off" }, "oslo")
  check.equal(world.effects(), { "fabric.start oslo/web01" })
end)

test("a vm that is not replicated home cannot come home", function()
  states "replicating"
  world.answer("replication.terms", { replica = "bergen" })
  check.raises("failover.not_home", failover.come_home, vm, "narvik")
  check.equal(world.effects(), {})
end)
