--- Looks at the machines of a subscription again and again, and warns of each that is in trouble.
-- Never ends: after so many looks it goes on as a new run, so that no journal grows without bound.
return runbook {
  summary = "Warn of protected machines that are in trouble, for ever",
  parameters = {
    subscription = { "string", "whose machines" },
    pause = { "duration", "the time between two looks", default = "15m" },
    looks = { "integer", "looks before a new run takes over", default = 100 },
  },
  priority = "low",

  run = function(arguments)
    for _ = 1, arguments.looks do
      local filter = { subscription = arguments.subscription, protected = true }
      for _, vm in ipairs(fabric.select(filter)) do
        if vm.state ~= "replicating" then
          job.warn("%s is %s", vm.name, vm.state or "not protected")
        end
      end
      job.sleep(arguments.pause)
    end
    job.continue_as(arguments)
  end,
}
