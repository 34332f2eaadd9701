--- Every look warns of what is in trouble, and the last one hands over to a new run.
test("machines in trouble are named at each look, then a new run takes over", function()
  world.answer("fabric.select", {
    { name = "web01", site = "oslo", state = "replicating" },
    { name = "web02", site = "oslo", state = "error" },
  })
  world.answer("job.sleep", function(pause)
    check.equal(pause, "15m")
  end)
  local told
  world.answer("job.continue_as", function(parameters)
    told = parameters
  end)
  world.run("watch-health", { subscription = "contoso", looks = 2 })
  check.equal(world.notes(), { "web02 is error", "web02 is error" })
  check.equal(told, { subscription = "contoso", looks = 2, pause = "15m" })
end)
