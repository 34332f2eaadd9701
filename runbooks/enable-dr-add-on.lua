--- Gives a subscription the recovery add-on and protects every machine it has now. What comes later
-- is protected by `protect-new-machines`.
local addon = require "addon"

return runbook {
  summary = "Enable the recovery add-on of a subscription",
  parameters = {
    subscription = { "string", "whose machines" },
    target = { "site", "the site that receives the replicas" },
    interval = { "string", "how often changes are sent: 30s, 5m or 15m", default = "5m" },
    points = { "integer", "recovery points to keep", default = 4 },
    first_copy = { "string", "the quiet hour of first copies, 22:00; at once", default = "" },
    zone = { "string", "the zone of that hour", default = "UTC" },
  },

  run = function(arguments)
    local quiet = arguments.first_copy ~= ""
    subscription.attach(arguments.subscription, {
      target = arguments.target,
      interval = arguments.interval,
      points = arguments.points,
      first_copy = quiet and { at = arguments.first_copy, zone = arguments.zone } or nil,
    })
    local count, failures = addon.protect_new(subscription.get(arguments.subscription))
    addon.require_none(failures)
    return { protected = count }
  end,
}
