--- Waits for what must become true. While it waits, the run is out of memory and costs nothing.
local wait = {}

--- Asks `condition` until it is true, with a pause between; raises `run.timed_out` at the limit.
---@param what string what is waited for, for the message
---@param condition fun(): boolean
---@param limit string how long to wait: "2m"
---@param pause? string the time between two looks, "5s" when left out
function wait.until_true(what, condition, limit, pause)
  job.wait_until(condition, { what = what, deadline = limit, every = pause })
end

--- Waits until `vm` runs with a connected card and an address that is not link-local.
---@param vm muster.vm
---@param limit string
function wait.until_reachable(vm, limit)
  wait.until_true(("%s is reachable"):format(vm.name), function()
    return fabric.reachable(fabric.vm(vm.name))
  end, limit)
end

--- Waits until the power of `vm` is as wanted.
---@param vm muster.vm
---@param power "off"|"running"
---@param limit string
function wait.for_power(vm, power, limit)
  wait.until_true(("%s is %s"):format(vm.name, power), function()
    return fabric.vm(("%s/%s"):format(vm.site, vm.name)).power == power
  end, limit)
end

return wait
