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
          refuse("%s.%s[%d] is a bare table: write step { … }, manual { … }, group { … } or "
            .. "machine { … }", kind, field, index)
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

plan.step = anchored(function(fields)
  return make("step", fields, "name")
end)

plan.manual = anchored(function(fields)
  return make("manual", fields, "name")
end)

plan.group = anchored(function(fields)
  return make("group", fields, "name")
end)

plan.machine = anchored(function(fields)
  return make("machine", fields, "name")
end)

setmetatable(plan, {
  __call = anchored(function(_, fields)
    local made = make("plan", fields)
    if type(made.shutdown) == "table" then
      made.shutdown = gather("plan.shutdown", made.shutdown, "order")
    end
    return made
  end),
  __index = function(_, name)
    border.fail {
      code = "lua.name_unknown",
      message = ("'plan.%s' does not exist%s"):format(
        tostring(name), border.hint(tostring(name), plan)
      ),
    }
  end,
})

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

--- Lines of the run's streams may be formats, as string.format takes them.
for _, verb in ipairs { "note", "output", "progress", "warn", "error" } do
  local write = job[verb]
  job[verb] = anchored(function(text, ...)
    return write(select("#", ...) > 0 and text:format(...) or text)
  end)
end

--- Branches side by side: the engine says which one goes on, and each returns what failed in it.
local fork = job.parallel
--- What ends a run or a branch is told to it, and is no failure that could be waited or tried away.
local ends = {
  ["run.aborted"] = true, ["run.out_of_time"] = true, ["run.branch_stopped"] = true,
  ["run.continued"] = true,
}

local function refuse_branches(format, ...)
  border.fail { code = "run.argument_invalid", message = "job.parallel: " .. format:format(...) }
end

--- What the journal calls a branch.
local function label(item, index)
  local name = type(item) == "table" and rawget(item, "name") or item
  local is_plain = type(name) == "string" or math.type(name) == "integer"
  return is_plain and tostring(name) or tostring(index)
end

--- Makes the bodies of the branches; what becomes of each is noted in `came`.
local function bodies_of(branches, each, came)
  local bodies, labels = {}, {}
  for index, item in ipairs(branches) do
    local body = each and function() return each(item, index) end or item
    if type(body) ~= "function" then
      refuse_branches("branch %d is a %s, not a function", index, type(body))
    end
    labels[index] = label(item, index)
    bodies[index] = function()
      local done, result = pcall(body)
      if done then
        came.results[index] = result
        return nil
      end
      came.failures[index] = result
      came.count = came.count + 1
      local code = type(result) == "table" and rawget(result, "code")
      came.first = came.first or not ends[code] and index
      return tostring(result)
    end
  end
  if #bodies == 0 and next(branches) ~= nil then
    refuse_branches("branches are a list, not a table with names")
  end
  return bodies, labels
end

--- The failure of the whole; that of the first branch where it stopped the others.
local function failure_of(came, count, collects)
  local first = came.failures[came.first]
  if not collects then
    return first
  end
  local _, failure = pcall(border.fail, {
    code = "run.branches_failed",
    message = ("%d of %d branches failed, the first of them branch %d: %s"):format(
      came.count, count, came.first, tostring(first)
    ),
    failures = came.failures, results = came.results,
    cause = type(first) == "table" and first or nil,
  })
  return failure
end

local function parallel(branches, each, options)
  if type(each) == "table" and options == nil then
    each, options = nil, each
  end
  if type(branches) ~= "table" or each ~= nil and type(each) ~= "function" then
    refuse_branches("give a list of functions, or a list and a function")
  end
  local came = { results = {}, failures = {}, count = 0, first = false }
  local bodies, labels = bodies_of(branches, each, came)
  if #bodies == 0 then
    return came.results
  end
  border.prepare(bodies)
  fork(labels, nil, options)
  if came.first then
    return nil, failure_of(came, #bodies, options and options.on_failure == "all")
  end
  return came.results
end

job.try_parallel = anchored(parallel)

job.parallel = anchored(function(branches, each, options)
  local results, failure = parallel(branches, each, options)
  if failure ~= nil then
    error(failure, 0)
  end
  return results
end)

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
