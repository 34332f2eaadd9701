--- Protects what is new: machines whose template asks for it, on the terms that they bear, and
-- those of every subscription that has the recovery add-on, on its terms, and what is deployed to a
-- paired cloud, on the pairing's. Put it on a schedule:
-- `muster schedule add protect-new-machines --every 15m`.
local addon = require "addon"

return runbook {
  summary = "Protect new machines whose template, add-on or cloud asks for it",
  parameters = {
    subscription = { "string", "whose machines; everybody's", default = "" },
  },

  run = function(arguments)
    local wanted = arguments.subscription ~= "" and arguments.subscription or nil
    local protected, failures, covered = 0, {}, {}

    local function count(more, failed)
      protected = protected + more
      table.move(failed, 1, #failed, #failures + 1, failures)
    end

    for _, one in ipairs(subscription.select { add_on = true }) do
      if not wanted or wanted == one.name then
        count(addon.protect_new(one))
        covered[one.name] = true
      end
    end
    count(addon.protect_asking(wanted, covered))
    for _, pair in ipairs(fabric.pairings()) do
      count(addon.protect_paired(pair, wanted, covered))
    end
    addon.require_none(failures)
    return { protected = protected }
  end,
}
