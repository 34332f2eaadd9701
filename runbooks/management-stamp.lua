--- Brings the management stamp up in Bergen, in order, on the right switch, with a person's word on
-- the library share. The same source serves every failover kind and the way home.
local network = require "network"
local wait = require "wait"

local group, step, manual, contact = plan.group, plan.step, plan.manual, plan.contact

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
          network.require_host_switch(replication.replica(vm), "tenant")
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
          network.put_on_switch(replica, "tenant")
          network.clear_empty_failover_addresses(replica)
        end
      end,
    },
  },

  shutdown = { "portal", "controller", "databases" },

  groups = {
    group { "databases", vms = { "sql01", "sql02" } },
    group {
      "controller",
      vms = fabric.select { tag = "vmm" },
      before = {
        manual {
          "Is the library share readable from Bergen?",
          instructions = "Open \\\\library.bergen\\scripts; look for verify-replica-network.lua.",
          by = "role:fabric-admin",
          choices = { "yes", "no" },
          deadline = "30m",
          kinds = { "planned", "unplanned" },
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
          run = function(context)
            for _, name in ipairs { "wap01", "wap02" } do
              wait.until_reachable(context.vm(name), "2m")
            end
          end,
        },
      },
    },
  },

  dependencies = { wap02 = { "wap01" } },
}
