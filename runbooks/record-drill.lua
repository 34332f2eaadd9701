--- Writes down that a site was drilled, under a seal that others can check: whoever holds the same
-- secret makes the same seal of the same words. The secret itself stays with the engine.
return runbook {
  summary = "Record a drill under a seal",
  parameters = {
    site = { "site", "the site that was drilled" },
    outcome = { "string", "how it went", default = "passed" },
  },
  assets = { "drill-seal", "last-drill" },

  run = function(arguments)
    local record = ("%s: %s at %d"):format(arguments.site, arguments.outcome, job.now() // 1)
    local seal = asset.sign(asset.credential "drill-seal", record)
    asset.set_variable("last-drill", record)
    job.output("%s, seal %s", record, seal)
    return { record = record, seal = seal }
  end,
}
