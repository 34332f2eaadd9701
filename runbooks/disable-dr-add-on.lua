--- Takes the recovery add-on from a subscription: nothing new is protected any more, and what is
-- protected ends, from the end of each chain. The machines are not touched; those of other
-- subscriptions neither. Replicas stay, turned off, unless they are to be deleted.
return runbook {
  summary = "Disable the recovery add-on of a subscription",
  parameters = {
    subscription = { "string", "whose machines" },
    delete_replicas = { "boolean", "delete the replicas with their disks", default = false },
  },

  run = function(arguments)
    -- First, so that no tick protects what was just let go.
    subscription.detach(arguments.subscription)
    local ended = 0
    local covered = fabric.select { subscription = arguments.subscription, protected = true }
    for _, vm in ipairs(covered) do
      for _, protection in ipairs { vm.name .. ":extended", vm.name } do
        if replication.state(protection) ~= "disabled" then
          replication.remove(protection, { delete_replica = arguments.delete_replicas })
          ended = ended + 1
        end
      end
      job.note("%s is not protected any more", vm.name)
    end
    return { ended = ended }
  end,
}
