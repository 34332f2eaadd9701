--- How long wait's functions wait, on a clock of the test's own, and what they say at the limit.
local wait = require "wait"

local now = 1000

--- Waits as the engine does.
local function clock()
  world.answer("job.wait_until", function(told, options)
    check.equal(options.deadline, "1m")
    if told.looks == 0 then
      return now + 60
    elseif now >= told["until"] then
      error { code = "run.timed_out", message = options.what .. " did not become true" }
    end
    now = now + tonumber((options.every or "5s"):match("%d+"))
  end)
end

test("what is true already is not waited for", function()
  clock()
  wait.until_true("it", function()
    return true
  end, "1m")
  check.equal(now, 1000)
end)

test("a condition is asked again after a pause, until it is true", function()
  clock()
  local asked = 0
  wait.until_true("it", function()
    asked = asked + 1
    return asked == 4
  end, "1m", "10s")
  check.equal(now, 1030)
end)

test("what does not become true is refused at the limit, with its words", function()
  clock()
  local failure = check.raises("run.timed_out", wait.until_true, "the moon", function()
    return false
  end, "1m")
  check.equal(failure.message, "the moon did not become true")
  check.equal(now, 1060)
end)

test("a failure of the condition is not waited away", function()
  clock()
  check.raises("shop.closed", wait.until_true, "it", function()
    error { code = "shop.closed", message = "closed" }
  end, "1m")
end)

test("a vm is looked at anew each time until it is reachable", function()
  clock()
  local looks = 0
  world.answer("fabric.vm", function(name)
    looks = looks + 1
    return { name = name, site = looks < 3 and "oslo" or "bergen" }
  end)
  world.answer("fabric.reachable", function(vm)
    return vm.site == "bergen"
  end)
  wait.until_reachable({ name = "wap01", site = "oslo" }, "1m")
  check.equal(looks, 3)
end)

test("the power of exactly that vm is waited for", function()
  clock()
  world.answer("fabric.vm", function(name)
    check.equal(name, "bergen/wap01")
    return { name = "wap01", site = "bergen", power = now >= 1010 and "running" or "off" }
  end)
  wait.for_power({ name = "wap01", site = "bergen" }, "running", "1m")
  check.equal(now, 1010)
end)
