--- Brings a branch office up at the head office. Each branch has a file like this one, which says
-- who it is; how a branch goes over stands once for all of them, in the module `office`.
local office = require "office"

return office.plan {
  branch = "oslo",
  head = "bergen",
  -- The machines of the branch bear this tag; those that keep data the tag "data" too.
  tag = "branch-oslo",
  objective = { rpo = "5m", rto = "1h" },
  contacts = {
    plan.contact { "the branch's manager", role = "decides", phone = "+47 22 00 00 03" },
    plan.contact { "the head office's operators", mail = "operators@example.org" },
  },
}
