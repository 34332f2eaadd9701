--- Brings one machine home after a failover, and replicates away from home as before. Started again
-- after an abort, it goes on from what stands.
local failover = require "failover"

return runbook {
  summary = "Bring one machine home, without loss",
  parameters = {
    vm = { "vm", "the machine" },
    home = { "site", "the site it belongs to" },
  },

  run = function(arguments)
    job.require_rights { "planned", "complete", "reverse" }
    local vm = fabric.vm(arguments.vm)
    failover.come_home(vm, arguments.home)
    job.note("%s is at %s", vm.name, arguments.home)
    return { vm = vm.name, site = arguments.home, from = vm.site }
  end,
}
