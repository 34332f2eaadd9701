--- Makes a vm from a template and, when the template asks for it, protects the vm at once. What
-- keeps it from being protected does not undo the vm: it bears the wish, and
-- `protect-new-machines` finds it.
local addon = require "addon"

return runbook {
  summary = "Make a vm from a template",
  parameters = {
    template = { "string", "the template" },
    name = { "string", "the new vm's name" },
    site = { "string", "where; needed when several sites keep the template", default = "" },
    subscription = { "string", "whose it is; the house's", default = "" },
    start = { "boolean", "power it on", default = false },
  },

  run = function(arguments)
    local function given(name)
      return arguments[name] ~= "" and arguments[name] or nil
    end
    local vm = fabric.deploy {
      template = arguments.template, name = arguments.name, site = given "site",
      subscription = given "subscription",
    }
    job.note("%s is made from %s on %s", vm.name, arguments.template, vm.host)
    if arguments.start then
      fabric.start(vm)
    end
    local protected = addon.protect_made(vm)
    return { vm = vm.name, site = vm.site, host = vm.host, protected = protected }
  end,
}
