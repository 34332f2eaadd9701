--- Makes the constructors of cards, `plan { … }`, `runbook { … }` and their parts, before any line
-- of an author's runs. A constructor turns its list part into named fields, notes what it made and
-- on which line, and leaves judging to the engine, which checks a card as a whole.
local border = ...

-- `return plan { … }` is a call in the tail: without an anchor the author's line would be gone.
local anchored = border.anchored

local function refuse(format, ...)
  border.fail { code = "plan.card_invalid", message = format:format(...) }
end

local function position()
  local file, line = border.position()
  return file and ("%s:%d"):format(file, line)
end

--- Refuses a list with a table that has both values and names: its constructor was forgotten.
local function check_parts(kind, field, list)
  for index, part in ipairs(list) do
    if type(part) == "table" and part["$kind"] == nil and part[1] ~= nil then
      for key in pairs(part) do
        if type(key) == "string" then
          local right = kind == "site" and "site.network { … }, site.host { … } or what it is"
            or field == "contacts" and "contact { … }"
            or "step { … }, manual { … }, group { … } or machine { … }"
          refuse("%s.%s[%d] is a bare table: write %s", kind, field, index, right)
        end
      end
    end
  end
end

--- Copies `fields`, noting the kind and the author's line; the first list item becomes `name`.
local function make(kind, fields, first)
  if type(fields) ~= "table" then
    refuse("%s takes a table: %s { … }, but is given %s", kind, kind, type(fields))
  end
  local made = { ["$kind"] = kind, ["$where"] = position() }
  for key, value in pairs(fields) do
    if key == 1 and first then
      if fields[first] ~= nil then
        refuse("%s has its %s twice: as first value and by name", kind, first)
      end
      made[first] = value
    elseif type(key) ~= "string" then
      refuse("%s has a value without a field name (number %s)", kind, tostring(key))
    else
      made[key] = value
      if type(value) == "table" then
        check_parts(kind, key, value)
      end
    end
  end
  return made
end

--- Moves the list part of a table, if it has one, to the field `name`: `{ "a", "b", after = … }`.
local function gather(kind, fields, name)
  local list, made = {}, {}
  for key, value in pairs(fields) do
    if type(key) == "number" then
      list[key] = value
    else
      made[key] = value
    end
  end
  if next(list) ~= nil then
    if made[name] ~= nil then
      refuse("%s has its %s twice: as a list and by name", kind, name)
    end
    made[name] = list
  end
  return made
end

--- Gives a namespace the constructors of its parts.
local function construct(namespace, words)
  for _, word in ipairs(words) do
    namespace[word] = anchored(function(fields)
      return make(word, fields, word == "mapping" and "network" or "name")
    end)
  end
end

construct(plan, { "step", "manual", "group", "machine", "contact" })

--- What holds for the steps and vms that do not say it themselves; none of these is the rule. Azure
-- Site Recovery goes on after a failure when the failover is unplanned.
plan.profiles = { asr = { on_error = { unplanned = "continue" } } }

getmetatable(plan).__call = anchored(function(_, fields)
  local made = make("plan", fields)
  if type(made.shutdown) == "table" then
    made.shutdown = gather("plan.shutdown", made.shutdown, "order")
  end
  return made
end)

--- A parameter stands as `{ "string", "what it is", default = … }`.
local function parameter(name, fields)
  if type(fields) ~= "table" then
    return fields
  end
  local made = {}
  for key, value in pairs(fields) do
    if math.type(key) == "integer" and key > 2 then
      refuse("runbook.parameters.%s has a value without a field name (number %d)", name, key)
    end
    made[key == 1 and "type" or key == 2 and "summary" or key] = value
  end
  return made
end

runbook = anchored(function(fields)
  local made = make("runbook", fields)
  if type(made.parameters) == "table" then
    local parameters = {}
    for name, declared in pairs(made.parameters) do
      parameters[name] = parameter(name, declared)
    end
    made.parameters = parameters
  end
  return made
end)

local parts = {}
construct(parts, { "network", "switch", "host", "cloud", "cluster", "mapping" })

site = setmetatable(parts, {
  __call = anchored(function(_, fields)
    return make("site", fields, "name")
  end),
  __index = function(_, word)
    border.fail {
      code = "name.unknown",
      message = ("there is no part 'site.%s'%s"):format(word, border.hint(tostring(word), parts)),
    }
  end,
})

--- Lines of the run's streams may be formats, as string.format takes them.
for _, verb in ipairs { "note", "output", "progress", "warn", "error" } do
  local write = job[verb]
  job[verb] = anchored(function(text, ...)
    return write(select("#", ...) > 0 and text:format(...) or text)
  end)
end

--- What ends a run or a branch is told to it, and is no failure that could be waited or tried away.
local ends = {
  ["run.aborted"] = true, ["run.out_of_time"] = true, ["run.branch_stopped"] = true,
  ["run.continued"] = true,
}

local function code_of(failure)
  return type(failure) == "table" and type(failure.code) == "string" and failure.code
    or "lua.error"
end

--- Stands for a function where a primitive is told of it; `count` is how often it was called.
local function standing_for(count)
  local file, line = border.position()
  return {
    ["$function"] = line or 0, where = file and ("%s:%d"):format(file, line), [count] = 0,
  }
end

local pause = job.wait_until

job.wait_until = anchored(function(condition, options)
  if type(condition) ~= "function" then
    return pause(condition, options)
  end
  local told = standing_for "looks"
  told["until"] = pause(told, options) or nil
  while true do
    local seen = condition()
    if seen then
      return seen
    end
    told.looks = told.looks + 1
    pause(told, options)
  end
end)

local again = job.retry

job.retry = anchored(function(attempt, options)
  local told = standing_for "attempts"
  told["until"] = again(type(attempt) == "function" and told or attempt, options) or nil
  while true do
    told.attempts = told.attempts + 1
    local results = table.pack(pcall(attempt))
    if results[1] then
      return table.unpack(results, 2, results.n)
    end
    local failure = results[2]
    told.code = code_of(failure)
    if ends[told.code] then
      error(failure, 0)
    end
    job.warn("attempt %d failed: %s", told.attempts, tostring(failure))
    if not again(told, options) then
      error(failure, 0)
    end
  end
end)

for _, verb in ipairs { "wait_until", "retry" } do
  local body = job[verb]
  job["try_" .. verb] = anchored(function(...)
    local results = table.pack(pcall(body, ...))
    if results[1] then
      return table.unpack(results, 2, results.n)
    end
    if ends[code_of(results[2])] then
      error(results[2], 0)
    end
    return nil, results[2]
  end)
end

--- What an asset hides stays with the engine: Lua holds the name, and prints no more than that.
local function hide(words, handle)
  return setmetatable(handle, {
    __metatable = "hidden",
    __name = "muster.secret",
    __tostring = function()
      return words .. " (hidden)"
    end,
  })
end

local function hide_fields(name, fields)
  for field, value in pairs(fields) do
    if type(value) == "table" and value["$asset"] then
      hide(("connection %s.%s"):format(name, field), value)
    end
  end
  return fields
end

for _, prefix in ipairs { "", "try_" } do
  for _, kind in ipairs { "credential", "certificate" } do
    local get = asset[prefix .. kind]
    asset[prefix .. kind] = anchored(function(name)
      local handle, failure = get(name)
      if handle then
        return hide(kind .. " " .. name, handle)
      end
      return nil, failure
    end)
  end
  local connect = asset[prefix .. "connection"]
  asset[prefix .. "connection"] = anchored(function(name)
    local fields, failure = connect(name)
    if fields then
      return hide_fields(name, fields)
    end
    return nil, failure
  end)
end

--- What a step is given: fields that exist, and `context.vm "name"`; all else is an error, not nil.
local function context_of(fields)
  local by_name = {}
  for _, vm in ipairs(fields.vms) do
    by_name[vm.name] = vm
  end
  local function unknown(format, name, known)
    name = tostring(name)
    border.fail {
      code = "name.unknown", message = format:format(name) .. border.hint(name, known),
    }
  end
  function fields.vm(name)
    return by_name[name] or unknown("context.vm: the plan has no vm '%s'", name, by_name)
  end
  return setmetatable(fields, {
    __index = function(_, name)
      unknown("context has no field '%s'", name, fields)
    end,
  })
end

return {
  --- Calls an author's function: a step with its context, a runbook with its arguments.
  invoke = function(body, given)
    if given["$kind"] == "context" then
      given["$kind"] = nil
      return body(context_of(given))
    end
    return body(given)
  end,
}
