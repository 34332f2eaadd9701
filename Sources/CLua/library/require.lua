-- Loads a module once. What it returns is kept; a module that is still loading, or whose loading
-- has failed, is not loaded again.

local fetch = ...
local error = error
local loaded, started = {}, {}

return function(name)
  local value = loaded[name]
  if value ~= nil then return value end
  if started[name] then
    error({
      code = "lua.module_missing",
      message = "module '" .. name .. "' requires itself, or has failed to load before",
    })
  end
  local chunk, guard = fetch(name)
  started[name] = true
  value = chunk(name)
  if guard then guard(value) end
  if value == nil then value = true end
  loaded[name] = value
  return value
end
