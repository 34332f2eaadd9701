// Runs the `*.test.lua` files that stand beside library modules and runbooks: real runtime, real
// prelude, real checks of arguments and parameters; what primitives find, each test says itself.
//
// A file is read once for each of its tests, in a state of its own, so that tests cannot see each
// other. Every call of a primitive goes to the engine's checks first and then to the test's answer.
import Foundation
import LuaRuntime
import Model
import Orchestration
import TestSupport

struct LuaTestRunner {
    /// `stdlib/network.test.lua`.
    let path: String
    let text: String
    /// Read in place of the repository's, by name.
    var replaced: [String: LuaModule] = [:]

    init(path: String) throws {
        self.init(path: path, text: try Repository.text(path))
    }

    init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    struct Outcome {
        var names: [String] = []
        /// `NAME: FILE:LINE: …` of each test that failed.
        var failures: [String] = []
    }

    func run() throws -> Outcome {
        var outcome = Outcome(names: try play(only: nil))
        outcome.failures = outcome.names.compactMap { failure(of: $0) }
        return outcome
    }

    /// What the test of that name has to say; nil when it holds.
    func failure(of name: String) -> String? {
        do {
            _ = try play(only: name)
            return nil
        } catch {
            return "\(name): \(error)"
        }
    }

    /// Reads the file and runs the test of that name; returns the names of all.
    private func play(only wanted: String?) throws -> [String] {
        var state = try LuaState(
            LuaConfiguration(
                primitives: PrimitiveNames(
                    Catalogue().names + ["stage.test", "stage.arguments"]),
                prelude: [
                    Self.stage, try Repository.libraryModule("prelude"),
                    try Repository.libraryModule("branches"), Self.sideBySide,
                ],
                limits: Self.limits
            ) { [replaced] name throws(Failure) in replaced[name] ?? Repository.module(name) })
        try state.load(LuaModule(name: path, text: text))
        var names: [String] = []
        while true {
            switch state.next() {
            case .slice: continue
            case .finished: return names
            case .failed(let failure), .killed(let failure): throw failure
            case .call(let call):
                do {
                    let value = try answer(call, wanted, &names)
                    state.reply(json: value.canonicalJSON, at: Timestamp(microseconds: 0))
                } catch {
                    state.raise(
                        Failure(error, as: .internalFault), at: Timestamp(microseconds: 0))
                }
            }
        }
    }

    private func answer(
        _ call: LuaCall, _ wanted: String?, _ names: inout [String]
    ) throws -> Value {
        let list = try Value(json: call.arguments).list ?? []
        switch call.primitive {
        case "stage.test":
            names.append(list.first?.text ?? "")
            return .boolean(names.last == wanted)
        case "stage.arguments":
            let name = list.first?.text ?? ""
            let text = try replaced[name]?.text ?? Repository.text("runbooks/\(name).lua")
            let card = try Cards().runbook(text)
            return try card.arguments(from: list.dropFirst().first?.object ?? [:])
        default:
            guard let primitive = Catalogue()[call.primitive] else { return .null }
            _ = try primitive.arguments(from: list, at: call.position)
            return primitive.isWrite
                ? "writes" : primitive.effect.word == "notes" ? "notes" : "looks"
        }
    }

    /// No test waits, so one that asks again and again has no end.
    private static let limits: LuaLimits = {
        var limits = LuaLimits()
        limits.instructions = 5_000_000
        return limits
    }()

    /// No engine conducts here: branches go one behind the other.
    private static let sideBySide = LuaModule(
        name: "beside",
        text: #"""
            local border = ...
            job.parallel = function(branches, each, options)
              local results, failures, count = {}, {}, 0
              for index, item in ipairs(branches) do
                local done, result = pcall(each or item, item, index)
                if done then
                  results[index] = result
                elseif options and options.on_failure == "all" then
                  failures[index], count = result, count + 1
                else
                  error(result, 0)
                end
              end
              if count == 0 then return results end
              border.fail {
                code = "run.branches_failed", message = count .. " failed",
                failures = failures, results = results,
              }
            end
            """#, isTrusted: true)

    /// Puts itself between the primitives and all that use them, the prelude included.
    private static var stage: LuaModule {
        let namespaces = Catalogue().namespaces.map { "\($0) = \($0)" }.joined(separator: ", ")
        return LuaModule(
            name: "stage", text: "local namespaces = { \(namespaces) }\n" + stageText,
            isTrusted: true)
    }
}

private let stageText = #"""
    local engine = stage
    local answers, effects, notes = {}, {}, {}

    -- `fabric.connect bergen/sql01 tenant nic=nic1`
    local function line(name, ...)
      local words = { name }
      for _, value in ipairs { ... } do
        if type(value) ~= "table" then
          words[#words + 1] = tostring(value)
        elseif value.site then
          words[#words + 1] = value.site .. "/" .. value.name
        else
          for option, chosen in pairs(value) do
            words[#words + 1] = option .. "=" .. tostring(chosen)
          end
        end
      end
      return table.concat(words, " ")
    end

    local function perform(name, check, ...)
      local kind = check(...)
      if kind == "writes" then effects[#effects + 1] = line(name, ...) end
      if kind == "notes" then notes[#notes + 1] = (...) end
      local answer = answers[name]
      if answer then return answer(...) end
      if kind == "looks" then error(name .. " has no answer in this test", 0) end
    end

    for namespace, verbs in pairs(namespaces) do
      local checks = {}
      for verb, check in pairs(verbs) do
        if verb:sub(1, 4) ~= "try_" then checks[verb] = check end
      end
      for verb, check in pairs(checks) do
        local name = namespace .. "." .. verb
        verbs[verb] = function(...) return perform(name, check, ...) end
        verbs["try_" .. verb] = function(...)
          local done, result = pcall(perform, name, check, ...)
          if done then return result end
          return nil, result
        end
      end
    end

    world = {}
    function world.answer(name, value)
      answers[name] = type(value) == "function" and value or function() return value end
    end
    function world.effects() return effects end
    function world.notes() return notes end
    function world.run(name, given)
      return require(name).run(engine.arguments(name, given or {}))
    end
    function world.context(vms)
      local by_name = {}
      for _, vm in ipairs(vms) do by_name[vm.name] = vm end
      return { vms = vms, vm = function(name) return by_name[name] end }
    end

    function test(name, body)
      if engine.test(name) then body() end
    end

    local function show(value)
      if type(value) == "string" then return ("%q"):format(value) end
      if type(value) ~= "table" then return tostring(value) end
      local parts = {}
      for key, item in pairs(value) do
        parts[#parts + 1] = (type(key) == "number" and "" or key .. " = ") .. show(item)
      end
      return "{ " .. table.concat(parts, ", ") .. " }"
    end

    check = {}
    function check.equal(actual, expected)
      if show(actual) ~= show(expected) then
        error("is " .. show(actual) .. ", not " .. show(expected), 2)
      end
    end
    function check.raises(code, body, ...)
      local done, failure = pcall(body, ...)
      if done then error("does not raise " .. code, 2) end
      local actual = type(failure) == "table" and failure.code or tostring(failure)
      if actual ~= code then error("raises " .. tostring(actual) .. ", not " .. code, 2) end
      return failure
    end
    """#
