// Everything that was rebuilt is held against the stock interpreter: thousands of small programs,
// made by seed, run here and by `lua5.4`, must print the same.
import Foundation
import LuaRuntime
import Model
import Testing

/// Small expressions of Lua about one subject.
struct Programs {
    var random: RandomValues

    init(seed: UInt64) { random = RandomValues(state: seed) }

    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[random.next(below: UInt64(choices.count))]
    }

    mutating func join(_ count: Int, _ pieces: [String]) -> String {
        (0..<count).map { _ in pick(pieces) }.joined()
    }

    mutating func number() -> String {
        pick([
            "0", "1", "-1", "2", "3", "-2", "5", "7", "12", "-7", "100", "nil", "1.5", "2.0", "'3'",
            "math.maxinteger", "math.mininteger", "1e15", "2^53", "0.1", "-0.0", "1e300", "1/3",
            "1/0",
        ])
    }

    mutating func quoted() -> String {
        let count = random.next(below: 14)
        return "'"
            + join(count, ["a", "b", "ab", "1", " ", "(", ")", ",", "%", "\\0", "Z", "\\xff"]) + "'"
    }

    mutating func pattern() -> String {
        let count = 1 + random.next(below: 7)
        let pieces = [
            "a", "b", ".", "%a", "%d", "%s", "%W", "[ab]", "[^a]", "[a-c%d]", "[]]", "[%]a-]",
            "[^%s]",
            "a*", "b+", ".-", "%w?", "[ab]*", ".*", "(", ")", "()", "(a*)", "(.)", "%1", "%2",
            "%b()",
            "%f[%w]", "%f[^a]", "^", "$", "%", "[", "]", "%%", "-", "%z", "\\0",
        ]
        return "'" + join(count, pieces) + "'"
    }

    mutating func replacement() -> String {
        pick([
            "'<%0>'", "'%1'", "'%2'", "'%%'", "'%'", "'x'", "''", "{ a = 1, b = 'B', ab = false }",
            "5",
            "function(a, b) return a and b end", "function(a) return '<' .. tostring(a) .. '>' end",
            "function() return nil end", "function() return {} end", "nil", "true",
        ])
    }

    mutating func list() -> String {
        "{"
            + (0..<random.next(below: 9)).map { _ in pick(["1", "5", "3", "2", "9", "'a'"]) }
            .joined(separator: ",") + "}"
    }

    mutating func searching() -> String {
        let (subject, pattern) = (quoted(), pattern())
        switch random.next(below: 6) {
        case 0: return "string.find(\(subject), \(pattern), \(number()))"
        case 1: return "string.find(\(subject), \(pattern))"
        case 2: return "string.match(\(subject), \(pattern), \(number()))"
        case 3: return "all(string.gmatch(\(subject), \(pattern)))"
        case 4: return "string.gsub(\(subject), \(pattern), \(replacement()))"
        default:
            return
                "string.gsub(\(subject), \(pattern), \(replacement()), \(pick(["0", "1", "2", "-1"])))"
        }
    }

    mutating func writing() -> String {
        switch random.next(below: 9) {
        case 0: return "tostring(\(number()))"
        case 1:
            return
                "string.rep(\(quoted()), \(pick(["0", "-1", "1", "3", "2.0", "1.5"])), \(quoted()))"
        case 2:
            return
                "string.format(\(pick(["'%d'", "'%5.2f|%s'", "'%q'", "'%x'", "'%g'", "'%s%%'", "'%i'", "'%5s|'", "'%c'", "'%-5d|'", "'%a'", "'%y'", "'%'"])), \(number()), \(quoted()))"
        case 3: return "string.sub(\(quoted()), \(number()), \(number()))"
        case 4: return "string.byte(\(quoted()), \(number()), \(number()))"
        case 5: return "string.\(pick(["upper", "lower", "reverse", "len"]))(\(quoted()))"
        case 6:
            return
                "tonumber(\(pick(["'0x1p4'", "'12'", "' 5 '", "'1e1'", "'z'", "'ff'", "nil", "''"])), \(pick(["10", "16", "36", "2"])))"
        case 7: return "utf8.len(\(quoted())), utf8.char(233, 0x1F600)"
        default:
            return "\(number()) \(pick(["+", "*", "/", "//", "%", "<", "==", ".."])) \(number())"
        }
    }

    mutating func arranging() -> String {
        let (list, a, b) = (list(), number(), number())
        switch random.next(below: 9) {
        case 0: return "with(\(list), table.insert, \(a))"
        case 1: return "with(\(list), table.insert, \(a), \(b))"
        case 2: return "with(\(list), table.remove, \(a))"
        case 3: return "with(\(list), table.remove)"
        case 4:
            return
                "table.concat(\(list), \(pick(["','", "''", "1", "nil"])), \(pick(["1", "2", "nil"])), \(pick(["1", "3", "nil", "0"])))"
        case 5:
            return
                "table.unpack(\(list), \(pick(["1", "2", "-1", "nil"])), \(pick(["1", "3", "nil", "0"])))"
        case 6:
            return
                "with(\(list), table.move, \(pick(["1", "2"])), \(pick(["3", "0", "5"])), \(pick(["1", "2", "4"])))"
        case 7: return "with(\(list.replacing("'a'", with: "4")), table.sort)"
        default:
            return
                "with(\(list.replacing("'a'", with: "4")), table.sort, function(a, b) return a > b end)"
        }
    }

    mutating func dating() -> String {
        let second = random.next(below: 1 << 31) * pick([1, 1, -1])
        switch random.next(below: 4) {
        case 0: return "os.date('!%Y-%m-%d %H:%M:%S %j %a %b %p %y', \(second))"
        case 1: return "os.date('!*t', \(second)).yday, os.date('!%c|%x|%X|%D|%%', \(second))"
        case 2:
            return
                "os.time { year = \(1970 + random.next(below: 80)), month = \(random.next(below: 30)), day = \(random.next(below: 60)), hour = \(random.next(below: 40)) }"
        default:
            return
                "os.date('!%\(pick(["Q", "E", "Ey", "Od", "s", "h", "F", ""]))', \(second)), os.time { year = \(number()), month = 1, day = 1 }"
        }
    }
}

@Suite struct StockTests {
    static let show = """
        local function show(value)
          if type(value) == "string" then
            return (("%q"):format(value):gsub("\\n", "n"):gsub("[\\128-\\255]", function(byte)
              return ("\\\\x%02x"):format(byte:byte()) end))
          end
          if math.type(value) == "float" and value ~= value then return "nan" end
          if type(value) ~= "table" then return tostring(value) end
          local parts = {}
          for index = 1, 12 do parts[index] = value[index] == nil and "-" or show_plain(value[index]) end
          return "{" .. table.concat(parts, ",") .. "}"
        end
        local function all(iterator, ...)
          local seen = {}
          for a, b in iterator, ... do
            seen[#seen + 1] = tostring(a) .. "/" .. tostring(b)
            if #seen > 50 then break end
          end
          return table.concat(seen, " ")
        end
        local function with(list, act, ...)
          local result = table.pack(act(list, ...))
          return list, table.unpack(result, 1, result.n)
        end
        local lines = {}
        local function case(run)
          local results = table.pack(pcall(run))
          for index = 1, results.n do results[index] = show(results[index]) end
          local line = table.concat(results, " ", 1, results.n)
          lines[#lines + 1] = line:gsub("[^ \\"]*:%d+: ", "")
        end

        """.replacing("show_plain", with: "tostring")

    private func stockLines(_ text: String) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stock-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "web.lua")
        let ending = "\nfor _, line in ipairs(lines) do print(line) end\n"
        try Data((text + ending).utf8).write(to: file)
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["TZ=UTC", "lua5.4", file.path]
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func compare(seed: UInt64, _ make: (inout Programs) -> String) throws {
        var programs = Programs(seed: seed)
        let cases = (0..<1000).map { _ in make(&programs) }
        let text = Self.show + cases.map { "case(function() return \($0) end)\n" }.joined()
        let stock = try stockLines(text)
        let seen = try Stage().play(text + "return lines")
        guard case .finished(let json) = seen.end, let lines = try Value(json: json).list else {
            Issue.record("seed \(seed): \(seen.text)")
            return
        }
        #expect(lines.count == cases.count && stock.count == cases.count)
        for (program, (ours, theirs)) in zip(cases, zip(lines.map { $0.text ?? "" }, stock))
        where ours != theirs {
            Issue.record("seed \(seed): \(program)\n ours:   \(ours)\n theirs: \(theirs)")
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `patterns find what stock patterns find`(seed: UInt64) throws {
        try compare(seed: seed) { $0.searching() }
    }

    @Test(arguments: 5...6 as ClosedRange<UInt64>)
    func `numbers and texts are written alike`(seed: UInt64) throws {
        try compare(seed: seed) { $0.writing() }
    }

    @Test(arguments: 7...8 as ClosedRange<UInt64>)
    func `lists are arranged alike`(seed: UInt64) throws {
        try compare(seed: seed) { $0.arranging() }
    }

    @Test func `dates are written alike`() throws {
        try compare(seed: 9) { $0.dating() }
    }
}
