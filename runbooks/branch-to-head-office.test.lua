--- The branch of Oslo: by its tag, to the head office, with somebody to call.
test("the branch is what its file says, and the rest is every branch's", function()
  world.answer("fabric.select", function(filter)
    check.equal(filter, { tag = "branch-oslo" })
    return { { name = "sql01", site = "oslo", tags = { "branch-oslo", "data" } } }
  end)
  local card = require "branch-to-head-office"
  check.equal({ card.source, card.target }, { "oslo", "bergen" })
  check.equal(card.groups[1].vms, { "sql01" })
  check.equal(card.contacts[1].role, "decides")
  check.equal(#card.after, 2)
end)
