--- Boots a double of a machine from a recovery point, on an isolated network, asks whether it works
-- (or looks whether it can be reached), and deletes it: also after a failure, a refusal, an abort.
local failover = require "failover"
local wait = require "wait"

local function look_at(vm, arguments)
  local double = replication.test_failover(vm, {
    point = arguments.point >= 0 and arguments.point or nil,
    network = arguments.network ~= "" and arguments.network or nil,
    duration = arguments.duration,
  })
  local name = ("%s/%s"):format(double.site, double.name)
  fabric.start(double)
  if not arguments.ask then
    wait.until_true(("%s is reachable"):format(name), function()
      return fabric.reachable(name)
    end, arguments.limit)
    return "reachable"
  end
  return job.ask(("Does %s work?"):format(name), {
    instructions = arguments.instructions ~= "" and arguments.instructions or nil,
    choices = { "yes", "no" },
    deadline = arguments.limit,
  })
end

return runbook {
  summary = "Test the failover of one machine; nothing is left of it",
  parameters = {
    vm = { "vm", "the machine" },
    point = { "integer", "the recovery point's sequence; -1 is the latest", default = -1 },
    network = { "string", "an isolated network there; the first one", default = "" },
    ask = { "boolean", "ask a person, or see only whether it is reachable", default = true },
    instructions = { "string", "what the person is to look at", default = "" },
    limit = { "duration", "how long to wait for the answer", default = "30m" },
    duration = { "duration", "after this time anybody may delete the double", default = "4h" },
  },

  run = function(arguments)
    local vm = fabric.vm(arguments.vm)
    local looked, answer = pcall(look_at, vm, arguments)
    local left = failover.mend(replication.clean_up, vm)
    if left then
      job.warn("the double of %s could not be deleted: %s", vm.name, left.message)
    end
    if not looked then
      error(answer)
    end
    if left then
      error(left)
    end
    if answer == "no" then
      error {
        code = "failover.test_failed",
        message = ("the double of %s did not work"):format(vm.name),
      }
    end
    return { vm = vm.name, answer = answer }
  end,
}
