--- The branch of Oslo: by its tag, to the head office, with somebody to call.
local function branch()
  world.answer("fabric.select", function(filter)
    check.equal(filter, { tag = "branch-oslo" })
    return { { name = "sql01", site = "oslo", tags = { "branch-oslo", "data" } } }
  end)
  return require "branch-to-head-office"
end

test("the branch is what its file says, and the rest is every branch's", function()
  local card = branch()
  check.equal({ card.source, card.target }, { "oslo", "bergen" })
  check.equal(card.groups[1].vms, { "sql01" })
  check.equal(card.objective, { rpo = "5m", rto = "1h" })
  check.equal(#card.after, 2)
end)

test("the manager decides, and the operators of the head office are told", function()
  local manager, operators = table.unpack(branch().contacts)
  check.equal(
    { manager.name, manager.role, manager.phone },
    { "the branch's manager", "decides", "+47 22 00 00 03" })
  check.equal(
    { operators.name, operators.mail }, { "the head office's operators", "operators@example.org" })
end)
