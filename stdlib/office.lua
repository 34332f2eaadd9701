--- Branch offices and their head office: one plan for each branch, all from this one source. The
-- machines that bear the branch's tag go to the head office, what keeps data before what uses it,
-- on the network that is mapped there and with an address of its pool.
local wait = require "wait"

local group, step = plan.group, plan.step

local office = {}

--- The machines of a branch: those that keep data, and the others.
local function tiers(tag)
  local data, rest = {}, {}
  for _, vm in ipairs(fabric.select { tag = tag }) do
    local keeps = false
    for _, word in ipairs(vm.tags) do
      keeps = keeps or word == "data"
    end
    local tier = keeps and data or rest
    tier[#tier + 1] = vm.name
  end
  return data, rest
end

--- Every machine has taken an address of the head office, or at home has given it back.
local function check_addresses(context)
  for _, vm in ipairs(context.vms) do
    local there = fabric.vm(vm.name)
    for _, nic in ipairs(there.nics) do
      local is_away = context.direction == "forward"
      if nic.switch and is_away ~= (nic.failover_address ~= nil) then
        error {
          code = "office.address_wrong",
          message = ("%s of %s/%s has %s"):format(
            nic.name, there.site, there.name,
            is_away and "no address of the head office: map its network in the branch's site"
              or "an address of the head office still"
          ),
        }
      end
    end
  end
end

local function check_reachable(context)
  for _, vm in ipairs(context.vms) do
    wait.until_reachable(context.vm(vm.name), "5m")
  end
end

--- Makes the plan of one branch.
---@param card { branch: string, head: string, tag: string?, objective: table?, contacts: table? }
---@return table plan
function office.plan(card)
  local data, rest = tiers(card.tag or card.branch)
  local groups, order = {}, {}
  for _, tier in ipairs { { "data", data }, { "applications", rest } } do
    -- A branch without machines can be looked at; its preflight says what is missing.
    if #tier[2] > 0 or (tier[1] == "applications" and #groups == 0) then
      groups[#groups + 1] = group { tier[1], vms = tier[2] }
      table.insert(order, 1, tier[1])
    end
  end
  return plan {
    summary = ("The branch %s at the head office %s"):format(card.branch, card.head),
    source = card.branch,
    target = card.head,
    objective = card.objective,
    contacts = card.contacts,
    shutdown = order,
    groups = groups,
    after = {
      step {
        "every machine has the addresses of where it is",
        kinds = { "planned", "unplanned", "failback" },
        run = check_addresses,
      },
      step {
        "every machine can be reached",
        kinds = { "planned", "unplanned", "failback" },
        time_limit = "1h",
        run = check_reachable,
      },
    },
  }
end

return office
