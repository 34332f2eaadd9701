--- Fails one machine over, by plan: shut down, send the rest, prove, fail over, reverse, start.
local failover = require "failover"

return runbook {
  summary = "Fail one machine over, planned, without loss",
  parameters = {
    vm = { "vm", "the machine" },
    reverse = { "boolean", "replicate back afterwards", default = true },
    start = { "boolean", "start it at the other site", default = true },
    skip_proof = { "string", "why its disks are not proven first; they are", default = "" },
  },

  run = function(arguments)
    job.require_rights(arguments.reverse and { "planned", "reverse" } or { "planned" })
    local vm = fabric.vm(arguments.vm)
    local replica = failover.without_loss(vm, {
      kind = "planned",
      reverse = arguments.reverse,
      start = arguments.start,
      skip_proof = arguments.skip_proof ~= "" and arguments.skip_proof or nil,
    })
    job.note("%s: from %s to %s", vm.name, vm.site, replica.site)
    return { vm = vm.name, site = replica.site }
  end,
}
