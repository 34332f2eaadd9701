--- Brings a shop of three tiers up in Bergen: who needs whom, what is smaller there, and how each
-- step is undone when the night goes wrong.
local wait = require "wait"

local group, machine, step = plan.group, plan.machine, plan.step

--- The replica of one of the plan's vms.
local function replica(context, name)
  return replication.replica(context.vm(name))
end

return plan {
  summary = "Web shop, Oslo to Bergen",
  source = "oslo",
  target = "bergen",
  objective = { rpo = "5m", rto = "30m" },
  contacts = {
    plan.contact { "the shop's night shift", role = "owns the shop", phone = "+47 22 00 00 02" },
  },

  before = {
    step {
      "the shop's front takes its address in Bergen",
      directions = { "forward" },
      kinds = { "planned", "unplanned" },
      run = function(context)
        fabric.set_failover_address(replica(context, "wap02"), "10.2.0.22")
      end,
      undo = function(context)
        fabric.clear_failover_address(replica(context, "wap02"))
      end,
    },
  },

  groups = {
    group {
      "data",
      vms = { machine { "sql01", overrides = { processors = 2, memory = "2GiB" } } },
    },
    group {
      "shop",
      vms = {
        machine { "wap01", overrides = { address = "10.2.0.21" } },
        machine {
          "wap02",
          after = {
            step {
              "the front answers",
              kinds = { "planned", "unplanned", "failback" },
              run = function(context)
                wait.until_reachable(context.vm "wap02", "2m")
              end,
            },
          },
        },
      },
    },
  },

  -- The front needs the shop's own server, and that the data.
  dependencies = { wap02 = { "wap01" }, wap01 = { "sql01" } },
}
