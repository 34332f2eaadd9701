-- table.sort as a stable merge sort, bottom up. It is Lua so that the comparison may wait; a
-- comparison that contradicts itself gives some order and always an end.

local type, error, min = type, error, math.min

local function less(left, right) return left < right end

local function insert_runs(list, count, width, before)
  for first = 1, count, width do
    for at = first + 1, min(first + width - 1, count) do
      local value, to = list[at], at
      while to > first and before(value, list[to - 1]) do
        list[to] = list[to - 1]
        to = to - 1
      end
      list[to] = value
    end
  end
end

local function merge(from, to, first, middle, last, before)
  local left, right = first, middle
  for at = first, last do
    if left < middle and not (right <= last and before(from[right], from[left])) then
      to[at] = from[left]
      left = left + 1
    else
      to[at] = from[right]
      right = right + 1
    end
  end
end

return function(list, before)
  if type(list) ~= "table" then
    error("bad argument #1 to 'sort' (table expected, got " .. type(list) .. ")", 3)
  end
  if before ~= nil and type(before) ~= "function" then
    error("bad argument #2 to 'sort' (function expected, got " .. type(before) .. ")", 3)
  end
  before = before or less
  local count, width = #list, 8
  insert_runs(list, count, width, before)
  local from, to = list, {}
  while width < count do
    for first = 1, count, 2 * width do
      local middle = min(first + width, count + 1)
      merge(from, to, first, middle, min(first + 2 * width - 1, count), before)
    end
    from, to, width = to, from, 2 * width
  end
  if from ~= list then
    for at = 1, count do list[at] = from[at] end
  end
end
