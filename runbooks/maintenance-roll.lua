--- Rolls a change over the hosts of a cluster: one after another is emptied, changed and put back,
-- never two at once (N-6). What the change is says another runbook, which is given the host; or a
-- person does it. A roll that ends early leaves its host in maintenance, and the next roll goes on
-- with that one.
local function first_in_maintenance(hosts)
  local ordered = {}
  for _, host in ipairs(hosts) do
    table.insert(ordered, host.maintenance and 1 or #ordered + 1, host)
  end
  return ordered
end

local function change(host, runbook_name)
  if runbook_name ~= "" then
    job.run(runbook_name, { host = host.site .. "/" .. host.name })
    return
  end
  job.ask(("The host %s of %s is empty: change it"):format(host.name, host.site), {
    instructions = "Nothing runs on it. Confirm when it is changed and works.",
    choices = { "changed" },
    deadline = "1d",
  })
end

return runbook {
  summary = "Roll a change over the hosts of a cluster, one at a time",
  parameters = {
    site = { "string", "where the cluster is" },
    cluster = { "string", "the cluster, by its name or its access name" },
    change = { "string", "a runbook that changes a host; a person does", default = "" },
  },

  run = function(arguments)
    local reason = "roll over " .. arguments.cluster
    local hosts = fabric.hosts { site = arguments.site, cluster = arguments.cluster }
    for _, host in ipairs(hosts) do
      if host.maintenance and host.maintenance ~= reason then
        error {
          code = "fabric.cluster_in_maintenance",
          message = ("%s of %s is in maintenance: %s"):format(
            host.name, host.site, host.maintenance
          ),
        }
      end
    end
    for done, host in ipairs(first_in_maintenance(hosts)) do
      fabric.enter_maintenance(host, { reason = reason })
      job.note("%s is empty and in maintenance", host.name)
      change(host, arguments.change)
      fabric.leave_maintenance(host)
      job.progress("%s is done, %d of %d", host.name, done, #hosts)
    end
    return { hosts = #hosts }
  end,
}
