--- Ends a machine's protection: first that of its replica, if a chain goes on from it, then its
-- own. The machine itself is not touched; its replicas stay, turned off, until told otherwise.
return runbook {
  summary = "Take a machine out of protection",
  parameters = {
    vm = { "vm", "the machine" },
    delete_replica = { "boolean", "delete its replicas with their disks", default = false },
  },

  run = function(arguments)
    local vm = fabric.vm(arguments.vm)
    local ended = 0
    for _, protection in ipairs { vm.name .. ":extended", vm.name } do
      local state = replication.state(protection)
      if state ~= "disabled" then
        replication.remove(protection, { delete_replica = arguments.delete_replica })
        job.note("%s was %s and is not protected any more", protection, state)
        ended = ended + 1
      end
    end
    local left = {}
    for _, orphan in ipairs(replication.orphans()) do
      if orphan.name == vm.name then
        left[#left + 1] = ("%s/%s"):format(orphan.site, orphan.name)
        job.warn("%s/%s is left, turned off", orphan.site, orphan.name)
      end
    end
    return { vm = vm.name, ended = ended, left = left }
  end,
}
