--- A drill is recorded once it is sealed, and the seal is of what is recorded.
local function furnish()
  world.answer("job.now", 1772402400.5)
  world.answer("asset.credential", function(name)
    return { ["$asset"] = name, version = 1 }
  end)
  world.answer("asset.sign", function(secret, text)
    check.equal(secret["$asset"], "drill-seal")
    return "seal of " .. text
  end)
end

test("what is sealed is what is kept", function()
  furnish()
  local kept
  world.answer("asset.set_variable", function(name, value)
    check.equal(name, "last-drill")
    kept = value
  end)
  local result = world.run("record-drill", { site = "bergen" })
  check.equal(kept, "bergen: passed at 1772402400")
  check.equal(result, { record = kept, seal = "seal of " .. kept })
end)

test("without a seal nothing is recorded", function()
  furnish()
  world.answer("asset.sign", function()
    error { code = "asset.key_missing", message = "there is no key file" }
  end)
  check.raises("asset.key_missing", world.run, "record-drill", { site = "bergen" })
  for _, effect in ipairs(world.effects()) do
    check.equal(effect:find("set_variable", 1, true), nil)
  end
end)
