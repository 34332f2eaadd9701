--- Makes `job.parallel` of the primitive of that name, before any line of an author's runs. The
-- branches are functions of the one state; what became of each is gathered here, and the engine
-- says which one goes on.
local border = ...

local anchored = border.anchored

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
