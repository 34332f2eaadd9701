--- Protects what is new in every subscription that has the recovery add-on, on its terms. Put it on
-- a schedule: `muster schedule add protect-new-machines --every 15m`.
local addon = require "addon"

return runbook {
  summary = "Protect the new machines of subscriptions with the add-on",
  parameters = {
    subscription = { "string", "whose machines; of all who have the add-on", default = "" },
  },

  run = function(arguments)
    local protected, failures = 0, {}
    for _, one in ipairs(subscription.select { add_on = true }) do
      if arguments.subscription == "" or arguments.subscription == one.name then
        local count, failed = addon.protect_new(one)
        protected = protected + count
        table.move(failed, 1, #failed, #failures + 1, failures)
      end
    end
    addon.require_none(failures)
    return { protected = protected }
  end,
}
