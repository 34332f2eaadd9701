--- Brings all of Oslo up in Bergen by the plans that there are: first the shop, then what is left
-- of the management stamp. Each of them runs as a run of its own, with its own preflight, steps and
-- report; a machine that both have is moved by the first and left alone by the second. The same
-- source serves every kind of failover and the way home.
local group, step = plan.group, plan.step

return plan {
  summary = "All of Oslo, to Bergen",
  source = "oslo",
  target = "bergen",
  objective = { rpo = "5m", rto = "2h" },

  groups = {
    -- Plans of one group run side by side, groups one after the other.
    group { "customers", plans = { "web-shop" } },
    group { "house", plans = { "management-stamp" } },
  },

  after = {
    step {
      "nothing was left behind",
      kinds = { "planned", "unplanned", "failback" },
      run = function(context)
        for _, vm in ipairs(fabric.select { site = context.source, protected = true }) do
          job.warn("%s is still at %s", vm.name, context.source)
        end
      end,
    },
  },
}
