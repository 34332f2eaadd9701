--- Makes the constructors of cards, `plan { … }`, `runbook { … }` and their parts, before any line of
-- an author's runs. A constructor turns its list part into named fields, notes what it made and on
-- which line, and leaves judging to the engine, which checks a card as a whole.
local border = ...

--- Copies `fields`, noting the kind and the author's line; the first list item becomes `name`.
local function make(kind, fields, first)
  if type(fields) ~= "table" then
    border.fail {
      code = "plan.card_invalid",
      message = ("%s takes a table: %s { … }, but is given %s"):format(kind, kind, type(fields)),
    }
  end
  local made = { ["$kind"] = kind, ["$where"] = border.position() }
  for key, value in pairs(fields) do
    if key == 1 and first then
      made[first] = value
    elseif type(key) ~= "string" then
      border.fail {
        code = "plan.card_invalid",
        message = ("%s has a value without a field name (number %s)"):format(kind, tostring(key)),
      }
    else
      made[key] = value
    end
  end
  return made
end

--- Moves the list part of a table to the field `name`: `{ "a", "b", after = … }`.
local function gather(fields, name)
  local list, made = {}, { [name] = {} }
  for key, value in pairs(fields) do
    if type(key) == "number" then
      list[key] = value
    else
      made[key] = value
    end
  end
  made[name] = list
  return made
end

function plan.step(fields)
  return make("step", fields, "name")
end

function plan.manual(fields)
  return make("manual", fields, "name")
end

function plan.group(fields)
  return make("group", fields, "name")
end

function plan.machine(fields)
  return make("machine", fields, "name")
end

setmetatable(plan, {
  __call = function(_, fields)
    local made = make("plan", fields)
    if type(made.shutdown) == "table" then
      made.shutdown = gather(made.shutdown, "order")
    end
    return made
  end,
})

--- A parameter stands as `{ "string", "what it is", default = … }`.
local function parameter(fields)
  if type(fields) ~= "table" then
    return fields
  end
  local made = {}
  for key, value in pairs(fields) do
    made[key == 1 and "type" or key == 2 and "summary" or key] = value
  end
  return made
end

function runbook(fields)
  local made = make("runbook", fields)
  if type(made.parameters) == "table" then
    local parameters = {}
    for name, declared in pairs(made.parameters) do
      parameters[name] = parameter(declared)
    end
    made.parameters = parameters
  end
  return made
end

--- Lines of the run's streams may be formats, as string.format takes them.
for _, verb in ipairs { "note", "output", "progress", "warn" } do
  local write = job[verb]
  job[verb] = function(text, ...)
    return write(select("#", ...) > 0 and text:format(...) or text)
  end
end

--- What a step is given: fields that exist, and `context.vm "name"`; all else is an error, not nil.
local function context_of(fields)
  local by_name = {}
  for _, vm in ipairs(fields.vms) do
    by_name[vm.name] = vm
  end
  function fields.vm(name)
    return by_name[name]
      or border.fail {
        code = "name.unknown",
        message = ("context.vm: the plan has no vm '%s'"):format(tostring(name)),
      }
  end
  return setmetatable(fields, {
    __index = function(_, name)
      border.fail {
        code = "name.unknown",
        message = ("context has no field '%s'"):format(tostring(name)),
      }
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
