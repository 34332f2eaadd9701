-- Lint of the Lua library and the runbooks: what the sandbox takes away is unknown here too.
std = "lua54"
max_line_length = 100
not_globals = {
  "collectgarbage", "debug", "dofile", "io", "load", "loadfile", "package", "warn",
}
read_globals = {
  "asset", "fabric", "job", "plan", "replication", "runbook", "site", "subscription",
}

-- The prelude makes the constructors that all the others find.
files["stdlib/prelude.lua"] = { globals = { "asset", "job", "plan", "runbook", "site" } }
files["stdlib/branches.lua"] = { globals = { "job" } }

files["**/*.test.lua"] = { read_globals = { "check", "test", "world" } }

-- Descriptions for editors define the globals and never run: their parameters are their point.
files["stdlib/meta"] = {
  globals = { "asset", "fabric", "job", "plan", "replication", "runbook", "site", "subscription" },
  unused_args = false,
  max_line_length = false,
}
