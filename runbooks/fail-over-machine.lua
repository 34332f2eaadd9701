--- Fails one machine over, by plan: shut down, send the rest, fail over, reverse, start.
local network = require "network"

return runbook {
  summary = "Fail one machine over, planned, without loss",
  parameters = {
    vm = { "vm", "the machine" },
    reverse = { "boolean", "replicate back afterwards", default = true },
    start = { "boolean", "start it at the other site", default = true },
  },

  run = function(arguments)
    local vm = fabric.vm(arguments.vm)
    local replica = replication.replica(vm)
    job.note("%s: from %s to %s", vm.name, vm.site, replica.site)

    -- Nothing is shut down for a replica that could not be connected.
    for _, nic in ipairs(replica.nics) do
      if nic.switch then
        network.require_host_switch(replica, nic.switch)
      end
    end

    fabric.stop(vm)
    replication.prepare(vm)
    replication.failover(vm, { kind = "planned" })
    if arguments.reverse then
      replication.reverse(vm)
    end
    if arguments.start then
      fabric.start(replica)
    end
    return { vm = vm.name, site = replica.site }
  end,
}
