--- The double of a test failover is deleted, whatever becomes of the test.
local function site(answer)
  world.answer("fabric.vm", { name = "sql01", site = "oslo" })
  world.answer("replication.test_failover", { name = "sql01-test", site = "bergen" })
  world.answer("job.ask", answer)
end

test("a person looks at the double, and then it is gone", function()
  site "yes"
  local result = world.run("test-failover", { vm = "sql01" })
  check.equal(result, { vm = "sql01", answer = "yes" })
  check.equal(world.effects(), {
    "replication.test_failover oslo/sql01 duration=4h", "fabric.start bergen/sql01-test",
    "replication.clean_up oslo/sql01",
  })
end)

test("point, network and time are as asked for", function()
  site "yes"
  world.run("test-failover", {
    vm = "sql01", point = "7", network = "bubble", duration = "1h",
  })
  check.equal(
    world.effects()[1], "replication.test_failover oslo/sql01 duration=1h network=bubble point=7"
  )
end)

test("a double that does not work fails the run after it was deleted", function()
  site "no"
  check.raises("failover.test_failed", world.run, "test-failover", { vm = "sql01" })
  check.equal(world.effects()[3], "replication.clean_up oslo/sql01")
end)

test("it is deleted when the run is aborted, whatever the run was doing", function()
  for _, verb in ipairs { "job.ask", "fabric.start", "replication.test_failover" } do
    site "yes"
    world.answer(verb, function() error { code = "run.aborted", message = "enough" } end)
    check.raises("run.aborted", world.run, "test-failover", { vm = "sql01" })
    local effects = world.effects()
    check.equal(effects[#effects], "replication.clean_up oslo/sql01")
    world.answer("fabric.start", nil)
  end
end)

test("told to end by the clean-up itself, the run cleans up all the same", function()
  site "yes"
  local told = 0
  world.answer("replication.clean_up", function()
    told = told + 1
    if told == 1 then
      error { code = "run.aborted", message = "enough" }
    end
  end)
  world.run("test-failover", { vm = "sql01" })
  check.equal(told, 2)
end)

test("a double that cannot be deleted is told, and is a failure", function()
  site "yes"
  world.answer("replication.clean_up", function()
    error { code = "fabric.site_unreachable", message = "bergen does not answer" }
  end)
  check.raises("fabric.site_unreachable", world.run, "test-failover", { vm = "sql01" })
  check.equal(world.notes(), {
    "the double of sql01 could not be deleted: bergen does not answer",
  })
end)

test("nobody is asked when the double has to be reachable only", function()
  site(nil)
  world.answer("job.wait_until", 60)
  world.answer("fabric.reachable", function(name) return name == "bergen/sql01-test" end)
  check.equal(world.run("test-failover", { vm = "sql01", ask = false }).answer, "reachable")
end)
