--- Brings the machine of a chain of three sites home: breaks the chain behind the machine, brings
-- it home as a pair, and makes the chain again on the disks its end has kept. Nobody is asked;
-- started again after an abort, it goes on from what stands.
local failover = require "failover"

--- The replica at the end: of the chain that stands, or left of one that was broken.
local function end_of_chain(vm, chain, home)
  if replication.state(chain) ~= "disabled" then
    return replication.replica(chain)
  end
  for _, orphan in ipairs(replication.orphans()) do
    if orphan.name == vm.name and orphan.site ~= home and orphan.site ~= vm.site then
      return orphan
    end
  end
  error {
    code = "failover.chain_missing",
    message = ("%s has no replica beyond its pair; bring it home with fail-back-machine"):format(
      vm.name
    ),
  }
end

--- How the chain was replicated, or is to be, when nobody can tell any more.
local function terms_of(chain, arguments)
  if replication.state(chain) == "disabled" then
    return { interval = arguments.interval, points = arguments.points }
  end
  local terms = replication.terms(chain)
  return { interval = terms.interval, points = terms.points, rpo = terms.rpo }
end

local function make_again(vm, chain, last, terms)
  if replication.state(chain) == "disabled" then
    terms.target, terms.host = last.site, last.host
    replication.extend(vm, terms)
  end
  local state = replication.state(chain)
  if state == "ready-for-initial-replication" or state == "initial-replication" then
    replication.first_copy(chain)
  end
end

return runbook {
  summary = "Bring the machine of a chain home, and make the chain again",
  parameters = {
    vm = { "vm", "the machine" },
    home = { "site", "the site it belongs to" },
    interval = { "string", "of the chain's end, when it is broken already", default = "15m" },
    points = { "integer", "points it keeps, when it is broken already", default = 1 },
  },

  run = function(arguments)
    job.require_rights { "planned", "complete", "reverse" }
    local vm = fabric.vm(arguments.vm)
    local chain = vm.name .. ":extended"
    local last = end_of_chain(vm, chain, arguments.home)
    local terms = terms_of(chain, arguments)
    if vm.site ~= arguments.home and replication.state(chain) ~= "disabled" then
      replication.remove(chain)
      job.note("%s/%s is kept as it is, until the chain is made again", last.site, last.name)
    end
    failover.come_home(vm, arguments.home)
    make_again(vm, chain, last, terms)
    job.note("%s is at %s, and replicated on to %s", vm.name, arguments.home, last.site)
    return { vm = vm.name, site = arguments.home, from = vm.site, last = last.site }
  end,
}
