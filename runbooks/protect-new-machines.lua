--- Protects every machine of a subscription that is not protected yet.
return runbook {
  summary = "Protect the new machines of a subscription",
  parameters = {
    subscription = { "string", "whose machines" },
    target = { "site", "the site that receives the replicas", default = "bergen" },
    interval = { "string", "how often changes are sent: 30s, 5m or 15m", default = "5m" },
    first_copy = { "boolean", "make the first copy at once", default = true },
  },

  run = function(arguments)
    local new = fabric.select { subscription = arguments.subscription, protected = false }
    for _, vm in ipairs(new) do
      replication.protect(vm, { target = arguments.target, interval = arguments.interval })
      if arguments.first_copy then
        replication.first_copy(vm)
      end
      job.note("%s is protected at %s", vm.name, arguments.target)
    end
    return { protected = #new }
  end,
}
