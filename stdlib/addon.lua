--- The recovery add-on of subscriptions: what follows from its terms, said once, for the runbooks
-- that attach it, that detach it, and that look on a schedule for machines that are new.
local addon = {}

--- Whoever was quicker has done it, or does it now: either way it is seen to.
local seen_to = { ["replication.already_protected"] = true, ["run.vm_claimed"] = true }

--- Protects a vm on the terms and makes its first copy, or leaves that to the quiet hour.
---@param vm muster.vm
---@param terms table the subscription's add-on
---@return boolean? done nil when somebody else saw to it
---@return muster.failure? failure why it could not be done
local function protect(vm, terms)
  local _, failure = replication.try_protect(vm, {
    target = terms.target, interval = terms.interval, points = terms.points, rpo = terms.rpo,
    first_copy = terms.first_copy,
  })
  if not failure and not terms.first_copy then
    _, failure = replication.try_first_copy(vm)
  end
  if not failure then
    return true
  end
  if seen_to[failure.code] then
    return nil
  end
  return nil, failure
end

--- Protects every machine of a subscription with the add-on that is not protected yet. One that
-- cannot be protected does not keep the others from it; the failures are returned.
---@param subscription table what `subscription.get` gives
---@return integer count how many it protected
---@return string[] failures `web01: why`
function addon.protect_new(subscription)
  local terms, count, failures = subscription.add_on, 0, {}
  local new = fabric.select { subscription = subscription.name, protected = false }
  for _, vm in ipairs(new) do
    if vm.site ~= terms.target then
      local done, failure = protect(vm, terms)
      if failure then
        failures[#failures + 1] = ("%s: %s"):format(vm.name, failure.message)
        job.warn("%s is not protected: %s", vm.name, failure.message)
      elseif done then
        count = count + 1
        job.note("%s of %s is protected at %s", vm.name, subscription.name, terms.target)
      end
    end
  end
  return count, failures
end

--- Raises when there are failures, naming each.
---@param failures string[]
function addon.require_none(failures)
  if #failures > 0 then
    error(("%d machines are not protected: %s"):format(
      #failures, table.concat(failures, "; ")), 0)
  end
end

return addon
