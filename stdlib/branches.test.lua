--- Branches one behind the other, as a test without an engine has them.
test("results come back in order, and what fails is told by its place", function()
  check.equal(job.parallel({ 3, 1 }, function(number, index)
    return number * 10 + index
  end), { 31, 12 })
  local failure = check.raises("run.branches_failed", job.parallel, { 1, 2 }, function(number)
    if number == 1 then
      error { code = "odd.number", message = "odd" }
    end
    return number
  end, { on_failure = "all" })
  check.equal(failure.failures[1].code, "odd.number")
  check.equal(failure.results[2], 2)
end)
