--- A vm from a template, protected when the template asks for it.
local function deploy_gives(recovery)
  world.answer("fabric.deploy", function(options)
    check.equal(options.template, "web")
    return { name = options.name, site = "oslo", host = "oslo-1", recovery = recovery }
  end)
end

test("S-3: a vm whose template asks is protected without a further act", function()
  deploy_gives { target = "bergen", rpo = "5m" }
  local made = world.run("deploy-machine", { template = "web", name = "web07", start = true })
  check.equal(made.protected, true)
  local effects = world.effects()
  check.equal(effects[2], "fabric.start oslo/web07")
  check.equal(effects[3], "replication.protect oslo/web07 rpo=5m target=bergen")
  check.equal(effects[4], "replication.first_copy oslo/web07")
end)

test("one whose template asks for nothing is only made", function()
  deploy_gives(nil)
  check.equal(
    world.run("deploy-machine", { template = "web", name = "web07" }).protected, false)
  check.equal(#world.effects(), 1)
end)

test("what cannot be protected now is left to the schedule, and said", function()
  deploy_gives { target = "bergen" }
  world.answer("replication.protect", function()
    error { code = "fabric.site_unreachable", message = "bergen does not answer" }
  end)
  check.equal(
    world.run("deploy-machine", { template = "web", name = "web07" }).protected, false)
  check.equal(
    world.notes()[2], "web07 is not protected yet: bergen does not answer")
end)
