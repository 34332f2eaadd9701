--- The incident to remember: a replica on the wrong switch whose failover address is on but empty
-- comes up with a link-local address. This finds such replicas, and mends them when asked to.
local network = require "network"

return runbook {
  summary = "Find replicas that would come up without a network",
  parameters = {
    switch = { "string", "the switch every replica belongs to", default = "tenant" },
    mend = { "boolean", "move cards and clear empty failover addresses", default = false },
  },

  run = function(arguments)
    local faults = 0
    for _, vm in ipairs(fabric.select { protected = true }) do
      local replica = replication.replica(vm)
      network.require_host_switch(replica, arguments.switch)
      for _, nic in ipairs(replica.nics) do
        if nic.switch ~= arguments.switch then
          faults = faults + 1
          job.warn("%s of %s/%s is on '%s'", nic.name, replica.site, replica.name, nic.switch or "")
        end
        if nic.failover_address and next(nic.failover_address) == nil then
          faults = faults + 1
          job.warn("%s of %s/%s: empty failover address", nic.name, replica.site, replica.name)
        end
      end
      if arguments.mend then
        network.put_on_switch(replica, arguments.switch)
        network.clear_empty_failover_addresses(replica)
      end
    end
    if faults > 0 and not arguments.mend then
      error {
        code = "network.faults_found",
        message = ("%d fault(s) found; run again with mend=true"):format(faults),
      }
    end
    return { faults = faults, mended = arguments.mend }
  end,
}
