--- Switches and addresses of vms, said the way an administrator says them.
local network = {}

--- Tells whether the host that holds `vm` offers the switch.
---@param vm muster.vm
---@param switch string
---@return boolean
function network.has_switch(vm, switch)
  return fabric.host(vm).switches[switch] ~= nil
end

--- Raises `network.switch_missing` unless the host that holds `vm` offers the switch.
---@param vm muster.vm
---@param switch string
function network.require_host_switch(vm, switch)
  local host = fabric.host(vm)
  if host.switches[switch] == nil then
    error {
      code = "network.switch_missing",
      message = ("the host %s of %s/%s has no switch '%s'"):format(
        host.name, vm.site, vm.name, switch
      ),
    }
  end
end

--- Raises `network.wrong_switch` unless every card of `vm` is connected to the switch.
---@param vm muster.vm
---@param switch string
function network.require_switch(vm, switch)
  for _, nic in ipairs(vm.nics) do
    if nic.switch ~= switch then
      error {
        code = "network.wrong_switch",
        message = ("%s of %s/%s is on %s, not on the switch '%s'"):format(
          nic.name, vm.site, vm.name, nic.switch and "'" .. nic.switch .. "'" or "no switch", switch
        ),
      }
    end
  end
end

--- Connects every card of `vm` that is elsewhere to the switch; returns how many were moved.
---@param vm muster.vm
---@param switch string
---@return integer
function network.put_on_switch(vm, switch)
  local moved = 0
  for _, nic in ipairs(vm.nics) do
    if nic.switch ~= switch then
      fabric.connect(vm, switch, { nic = nic.name })
      local from = nic.switch or ""
      job.note("%s of %s/%s: from '%s' to '%s'", nic.name, vm.site, vm.name, from, switch)
      moved = moved + 1
    end
  end
  return moved
end

--- Turns off every failover address of `vm` that is on but empty: with it the guest would come up
-- with a link-local address.
---@param vm muster.vm
---@return integer cleared how many there were
function network.clear_empty_failover_addresses(vm)
  local cleared = 0
  for _, nic in ipairs(vm.nics) do
    if nic.failover_address and next(nic.failover_address) == nil then
      fabric.clear_failover_address(vm, { nic = nic.name })
      job.note("%s of %s/%s: empty failover address turned off", nic.name, vm.site, vm.name)
      cleared = cleared + 1
    end
  end
  return cleared
end

return network
