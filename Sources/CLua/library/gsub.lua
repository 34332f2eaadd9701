-- string.gsub with a function: Lua, so that the function may wait. All else is done in C.

local seek = ...
local type, error, concat, sub = type, error, table.concat, string.sub

local function replacement(value, whole)
  if not value then return whole end
  local kind = type(value)
  if kind == "string" or kind == "number" then return value end
  error("invalid replacement value (a " .. kind .. ")", 5)
end

return function(subject, pattern, replace, limit)
  local pieces, size, count, copied, last = {}, 0, 0, 1, 0

  -- `first` to `stop - 1` is the next match; false when there is none.
  local function take(first, stop, ...)
    if not first then return false end
    local whole = sub(subject, first, stop - 1)
    pieces[size + 1] = sub(subject, copied, first - 1)
    pieces[size + 2] = replacement(replace(...), whole)
    size, count, copied, last = size + 2, count + 1, stop, stop
    return true
  end

  local start = 1
  while not limit or count < limit do
    if not take(seek(subject, pattern, start, last)) then break end
    start = copied
    if sub(pattern, 1, 1) == "^" then break end
  end
  pieces[size + 1] = sub(subject, copied)
  return concat(pieces), count
end
