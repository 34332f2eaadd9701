--- Brings the management stamp up in Bergen: in order, on the right switch, each machine with its
-- address, with a person's word on the library share. Rehearses that with doubles, and brings the
-- stamp home again. The same source serves every failover kind and both ways, and each way ends
-- with a look at what stands.
local network = require "network"
local wait = require "wait"

local group, step, manual, contact = plan.group, plan.step, plan.manual, plan.contact

-- All machines of the stamp are on this switch, at either site.
local switch = "tenant"
local controllers = fabric.select { tag = "vmm" }

local function fail(code, message, ...)
  error { code = "stamp." .. code, message = message:format(...) }
end

--- Waits for the machines of a group before the next one begins.
local function can_be_reached(vms)
  return function(context)
    for _, vm in ipairs(vms) do
      wait.until_reachable(context.vm(vm.name or vm), "2m")
    end
  end
end

local function check_place(context)
  for _, vm in ipairs(context.vms) do
    local now = fabric.vm(vm.name)
    if now.site ~= context.target or now.power ~= "running" then
      fail("left_behind", "%s is %s at %s, not running at %s: run the plan once more",
        now.name, now.power, now.site, context.target)
    end
  end
end

--- Away, a card has the address that is mapped for it, or has kept its own; at home nothing that
-- was mapped is left of it.
local function check_card(context, vm, own, nic)
  for _, family in ipairs { "address", "address6" } do
    local mapped = (nic.failover_address or {})[family]
    if context.direction == "back" and mapped then
      fail("address_kept", "%s of %s/%s still has %s, an address of %s",
        nic.name, vm.site, vm.name, mapped, context.source)
    end
    local wanted = mapped or own and own[family]
    if wanted and nic[family] ~= wanted then
      fail("address_wrong", "%s of %s/%s has %s, not %s",
        nic.name, vm.site, vm.name, nic[family] or "no address", wanted)
    end
  end
end

local function check_addresses(context)
  for _, vm in ipairs(context.vms) do
    local own, now = {}, fabric.vm(vm.name)
    -- At home a card has had another address where it comes from, if one was mapped for it there.
    for _, nic in ipairs(vm.nics) do
      own[nic.name] = not nic.failover_address and nic or nil
    end
    for _, nic in ipairs(now.nics) do
      check_card(context, now, own[nic.name], nic)
    end
  end
end

--- The doubles of a rehearsal run, and none of them where production is.
local function check_doubles(context)
  for _, vm in ipairs(context.vms) do
    local double = fabric.vm(("%s/%s-test"):format(context.target, vm.name))
    if double.power ~= "running" then
      fail("double_off", "%s/%s does not run", double.site, double.name)
    end
    for _, nic in ipairs(double.nics) do
      if nic.switch == switch then
        fail("double_exposed", "%s of %s/%s is on the production's switch '%s'",
          nic.name, double.site, double.name, switch)
      end
    end
  end
end

return plan {
  summary = "Management stamp, Oslo to Bergen",
  source = "oslo",
  target = "bergen",
  objective = { rpo = "5m", rto = "1h" },

  contacts = {
    contact { "the fabric administrator on duty", role = "decides", phone = "+47 22 00 00 01" },
    contact { "the library team", role = "the share of scripts", mail = "library@example.org" },
  },

  -- Nothing may be changed here; if one of these fails, nothing has happened.
  preflight = {
    step {
      "every replica's host offers the tenant switch",
      run = function(context)
        for _, vm in ipairs(context.vms) do
          network.require_host_switch(replication.replica(vm), switch)
        end
      end,
    },
    step {
      "so does every other host there, to which a machine may have to move",
      run = function(context)
        for _, host in ipairs(fabric.hosts { site = context.target }) do
          if not host.maintenance and host.switches[switch] == nil then
            fail("switch_missing", "the host %s of %s has no switch '%s'",
              host.name, host.site, switch)
          end
        end
      end,
    },
  },

  -- Mends what is wrong before the first machine is shut down.
  before = {
    step {
      "replicas sit on the tenant switch, without an empty failover address",
      run = function(context)
        for _, vm in ipairs(context.vms) do
          local replica = replication.replica(vm)
          network.put_on_switch(replica, switch)
          network.clear_empty_failover_addresses(replica)
        end
      end,
    },
  },

  shutdown = { "portal", "controller", "databases" },

  groups = {
    group {
      "databases",
      vms = { "sql01", "sql02" },
      after = {
        step {
          "the databases can be reached",
          kinds = { "planned", "unplanned", "failback" },
          retries = 3,
          run = can_be_reached { "sql01", "sql02" },
        },
      },
    },
    group {
      "controller",
      vms = controllers,
      before = {
        manual {
          "Is the library share readable from Bergen?",
          instructions = "Open \\\\library.bergen\\scripts; look for verify-replica-network.lua.",
          by = "role:fabric-admin",
          deadline = "30m",
          kinds = { "planned", "unplanned" },
          directions = { "forward" },
        },
      },
      after = {
        step {
          "the controller can be reached",
          kinds = { "planned", "unplanned", "failback" },
          retries = 3,
          run = can_be_reached(controllers),
        },
      },
    },
    group {
      "portal",
      vms = { "wap01", "wap02" },
      after = {
        step {
          "the portal can be reached",
          kinds = { "planned", "unplanned", "failback" },
          retries = 3,
          run = can_be_reached { "wap01", "wap02" },
        },
      },
    },
  },

  dependencies = { wap02 = { "wap01" } },

  after = {
    step {
      "every machine runs where the stamp has gone",
      kinds = { "planned", "unplanned", "failback" },
      run = check_place,
    },
    step {
      "every machine has the address it is to have there",
      kinds = { "planned", "unplanned", "failback" },
      run = check_addresses,
    },
    step {
      "the way back is open: every machine is replicated to where it was",
      kinds = { "planned", "failback" },
      run = function(context)
        for _, vm in ipairs(context.vms) do
          local state = replication.state(vm.name)
          if state ~= "replicating" then
            fail("not_replicated", "%s is %s, so it could not come back", vm.name, state)
          end
        end
      end,
    },
    step {
      "every double runs, away from the production's network",
      kinds = { "test" },
      run = check_doubles,
    },
  },
}
