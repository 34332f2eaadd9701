--- The plan of plans: which plans run in which order, and what is told of machines left behind.
local card = require "plan-of-plans"

local function last_step() return card.after[1] end

test("the shop goes first, then the house, each by its own plan", function()
  local order = {}
  for index, group in ipairs(card.groups) do
    order[index] = { group.name, table.unpack(group.plans) }
  end
  check.equal(order, { { "customers", "web-shop" }, { "house", "management-stamp" } })
end)

test("all of Oslo has two hours, and may lose what the strictest of its plans may", function()
  check.equal({ card.source, card.target }, { "oslo", "bergen" })
  check.equal(card.objective, { rpo = "5m", rto = "2h" })
end)

test("it has no machine of its own that a child's plan would not know", function()
  for _, group in ipairs(card.groups) do
    check.equal(group.vms, nil)
  end
end)

test("machines that no plan has are told of, and nothing is touched", function()
  world.answer("fabric.select", function(filter)
    check.equal(filter, { site = "oslo", protected = true })
    return { { name = "print01", site = "oslo" } }
  end)
  local context = world.context {}
  context.source = "oslo"
  last_step().run(context)
  check.equal(world.notes(), { "print01 is still at oslo" })
  check.equal(world.effects(), {})
end)

test("a drill leaves its machines where they are, so none is told of", function()
  check.equal(last_step().kinds, { "planned", "unplanned", "failback" })
end)
