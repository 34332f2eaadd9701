--- Failing one vm over without loss, and turning its replication round: said once, for every
-- runbook that needs it. Each step looks at what stands before it acts, so that a run that was
-- aborted is done to its end by starting it again.
local network = require "network"

local failover = {}

---@class muster.failover_options
---@field kind "planned"|"failback"
---@field reverse? boolean replicate back afterwards
---@field start? boolean start it at the other site
---@field skip_proof? string why the disks' content is not proven first

--- From these a vm can be shut down and prepared.
local ready = { replicating = true, error = true, ["prepared-for-failover"] = true }

--- Raises `network.switch_missing` unless every card of the replica finds its switch.
---@param replica muster.vm
function failover.require_switches(replica)
  for _, nic in ipairs(replica.nics) do
    if nic.switch then
      network.require_host_switch(replica, nic.switch)
    end
  end
end

--- Calls a verb that mends what a failure has left. A run is told once that it is to end, by the
-- call it makes then; told so here, it asks again.
---@param verb fun(vm: muster.vm): any
---@param vm muster.vm
---@return muster.failure? refusal why it could not be done
function failover.mend(verb, vm)
  local done, refusal = pcall(verb, vm)
  if not done and (refusal.code == "run.aborted" or refusal.code == "run.out_of_time") then
    done, refusal = pcall(verb, vm)
  end
  return not done and refusal or nil
end

--- Gives back a vm that was on its way, running if it ran before; what cannot be is a warning, for
-- there is a failure to be told already.
local function give_back(vm)
  local refusal = failover.mend(replication.cancel_preparation, vm)
  if not refusal and vm.power == "running" then
    refusal = failover.mend(fabric.start, vm)
  end
  if refusal then
    job.warn("%s/%s stays off: %s", vm.site, vm.name, refusal.message)
  end
end

local function move(vm, options, state)
  if state ~= "prepared-for-failover" then
    fabric.stop(vm)
    replication.prepare(vm)
  end
  replication.failover(vm, { kind = options.kind, skip_proof = options.skip_proof })
end

--- Shuts `vm` down, sends the rest and fails it over; then reverses and starts when asked to.
--
-- Nothing is shut down for a replica that could not be connected or a protection that is not
-- ready. When it fails or is aborted before the failover, the vm is given back. Raises
-- `failover.not_ready`, and whatever the steps raise.
---@param vm muster.vm
---@param options muster.failover_options
---@return muster.vm replica where it is now
function failover.without_loss(vm, options)
  local replica = replication.replica(vm)
  local state = replication.state(vm)
  if not ready[state] then
    error {
      code = "failover.not_ready",
      message = ("%s is %s, so it cannot be failed over without loss"):format(vm.name, state),
    }
  end
  failover.require_switches(replica)
  local done, failure = pcall(move, vm, options, state)
  if not done then
    give_back(vm)
    error(failure)
  end
  if options.reverse then
    replication.reverse(vm)
  end
  if options.start then
    fabric.start(replica)
  end
  return replica
end

--- Makes replication run from where `vm` is, with the other side up to date: commits a failover,
-- reverses it, and compares the old disks when they are not what was failed over to.
---@param vm muster.vm
function failover.turn_round(vm)
  if replication.state(vm) == "failed-over-waiting-completion" then
    replication.complete(vm)
  end
  if replication.state(vm) == "failed-over" then
    replication.reverse(vm)
  end
  local state = replication.state(vm)
  if state == "suspended" or state == "resync-suspended" then
    replication.resume(vm)
    state = replication.state(vm)
  end
  if state == "waiting-for-resync" or state == "resyncing" then
    replication.resync(vm)
  end
end

--- Brings `vm` home: turns replication round where it is, fails it over without loss and
-- replicates away from home again. What is done already is left as it is.
---@param vm muster.vm
---@param home string the site it belongs to
function failover.come_home(vm, home)
  failover.turn_round(vm)
  if vm.site == home then
    if vm.power == "off" then
      fabric.start(vm)
    end
    return
  end
  local replica = replication.terms(vm).replica
  if replica ~= home then
    error {
      code = "failover.not_home",
      message = ("%s is replicated to %s, so it cannot come home to %s"):format(
        vm.name, replica, home
      ),
    }
  end
  failover.without_loss(vm, { kind = "failback", reverse = true, start = true })
end

return failover
