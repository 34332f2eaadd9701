--- The recovery add-on of subscriptions: what follows from its terms, said once, for the runbooks
-- that attach it, that detach it, and that look on a schedule for machines that are new.
local addon = {}

--- Whoever was quicker has done it, or does it now: either way it is seen to.
local seen_to = { ["replication.already_protected"] = true, ["run.vm_claimed"] = true }

--- Protects a vm on the terms and makes its first copy, or leaves that to the quiet hour.
---@param vm muster.vm
---@param terms table its own, or the subscription's add-on
---@return boolean? done nil when somebody else saw to it
---@return muster.failure? failure why it could not be done
local function protect(vm, terms)
  local _, failure = replication.try_protect(vm, {
    target = terms.target, interval = terms.interval, points = terms.points, rpo = terms.rpo,
    first_copy = terms.first_copy, compression = terms.compression, host = terms.host,
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

--- Protects those machines: each on the terms that it bears, else on the given ones. One that
-- cannot be protected does not keep the others from it; the failures are returned.
---@param vms muster.vm[]
---@param terms? table for those that bear none
---@return integer count how many it protected
---@return string[] failures `web01: why`
local function protect_each(vms, terms)
  local count, failures = 0, {}
  for _, vm in ipairs(vms) do
    local own = vm.recovery or terms
    if vm.site ~= own.target then
      local done, failure = protect(vm, own)
      if failure then
        failures[#failures + 1] = ("%s: %s"):format(vm.name, failure.message)
        job.warn("%s is not protected: %s", vm.name, failure.message)
      elseif done then
        count = count + 1
        local owner = vm.subscription or "the house"
        job.note("%s of %s is protected at %s", vm.name, owner, own.target)
      end
    end
  end
  return count, failures
end

--- Protects every machine of a subscription with the add-on that is not protected yet.
---@param subscription table what `subscription.get` gives
---@return integer count how many it protected
---@return string[] failures `web01: why`
function addon.protect_new(subscription)
  return protect_each(
    fabric.select { subscription = subscription.name, protected = false }, subscription.add_on)
end

--- Protects every machine whose template asks for it and that is not protected yet, though no
-- add-on covers it.
---@param owner? string of this subscription only
---@param covered table<string, boolean> the subscriptions that are seen to already
---@return integer count how many it protected
---@return string[] failures `web01: why`
function addon.protect_asking(owner, covered)
  local asking = {}
  for _, vm in ipairs(fabric.select { subscription = owner, protected = false, recovery = true }) do
    if not covered[vm.subscription or ""] then
      asking[#asking + 1] = vm
    end
  end
  return protect_each(asking)
end

--- Protects every machine on the hosts of a paired cloud that is not protected yet, on the terms of
-- the pairing; the replicas are spread over the hosts of the cloud that receives. Those that bear
-- terms of their own are left to them.
---@param pair table what `fabric.pairings` gives
---@param owner? string of this subscription only
---@param covered table<string, boolean> the subscriptions that are seen to already
---@return integer count how many it protected
---@return string[] failures `web01: why`
function addon.protect_paired(pair, owner, covered)
  local shares, seen = {}, 0
  for _, host in ipairs(pair.hosts) do
    local there = { site = pair.site, host = host, subscription = owner, protected = false }
    for _, vm in ipairs(fabric.select(there)) do
      if not vm.recovery and not covered[vm.subscription or ""] then
        local receiver = pair.target_hosts[seen % #pair.target_hosts + 1]
        shares[receiver] = shares[receiver] or {}
        table.insert(shares[receiver], vm)
        seen = seen + 1
      end
    end
  end
  local count, failures = 0, {}
  for _, receiver in ipairs(pair.target_hosts) do
    local terms = { host = receiver }
    for _, field in ipairs { "target", "interval", "points", "rpo", "first_copy", "compression" } do
      terms[field] = pair[field]
    end
    local more, failed = protect_each(shares[receiver] or {}, terms)
    count = count + more
    table.move(failed, 1, #failed, #failures + 1, failures)
  end
  return count, failures
end

--- Protects a machine that was just made, if its template asks for it. What fails is told and left
-- to the next look for new machines.
---@param vm muster.vm
---@return boolean protected
function addon.protect_made(vm)
  if not vm.recovery then
    return false
  end
  local done, failure = protect(vm, vm.recovery)
  if failure then
    job.warn("%s is not protected yet: %s", vm.name, failure.message)
  end
  return done == true
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
