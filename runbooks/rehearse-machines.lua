--- Rehearses the failover of machines, a few at a time. Each is a run of its own, with its own
-- report; one that fails keeps no other from being looked at.
return runbook {
  summary = "Rehearse the failover of machines, a few at a time",
  parameters = {
    subscription = { "string", "whose machines; all when left out", default = "" },
    at_once = { "integer", "how many side by side", default = 2 },
    ask = { "boolean", "ask a person, or see only whether it is reachable", default = true },
  },
  priority = "low",

  run = function(arguments)
    local filter = { protected = true }
    if arguments.subscription ~= "" then
      filter.subscription = arguments.subscription
    end
    local works = 0
    local answers = job.parallel(fabric.select(filter), function(vm)
      local told = job.run("test-failover", { vm = vm.name, ask = arguments.ask })
      works = works + 1
      job.progress("%s works, the %d. that does", vm.name, works)
      return told.answer
    end, { limit = arguments.at_once, on_failure = "all" })
    return { works = works, answers = answers }
  end,
}
