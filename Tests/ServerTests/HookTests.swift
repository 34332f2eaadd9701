// Webhooks: what is signed starts one run, what is not is refused and kept as refused, and neither
// the secret nor the body is written anywhere else.
import Foundation
import Model
import Orchestration
import Store
import Testing

@Suite(.timeLimit(.minutes(10))) struct HookTests {
    private func house() async throws -> House {
        let house = try await House()
        try await house.orchestrator.addTrigger(
            RunTrigger(
                name: "deploy", on: .webhook, runbook: "called", by: "eva", createdAt: .second(1)))
        return house
    }

    private func headers(
        _ body: String, at second: Int = 1000, secret: String = House.secret
    ) -> [String: String] {
        let digits = Signature.of(Array(body.utf8), at: "\(second)", secret: secret)
        return ["Muster-Timestamp": "\(second)", "Muster-Signature": "sha256=\(digits)"]
    }

    private func refusals(_ house: House) throws -> [Value] {
        try house.store.events().filter { $0.topic == "hook.refused" }
            .map { try Value(json: $0.record) }
    }

    @Test func `B-8: a signed call starts one run, however often it comes`() async throws {
        let house = try await house()
        let body = #"{"version":"1.2"}"#
        try await house.serving { client in
            let first = try await client.send("/hooks/deploy", body, headers: headers(body))
            #expect(first.status == 202, "\(first)")
            #expect(first.value["repeated"]?.boolean == false)
            let run = try #require(first.value["run"]?.integer)
            #expect(try house.store.run(RunID(run)).parameters["payload"]?.text == body)
            let again = try await client.send("/hooks/deploy", body, headers: headers(body))
            #expect(again.value["repeated"]?.boolean == true)
            #expect(again.value["run"]?.integer == run)
            let later = try await client.send(
                "/hooks/deploy", body, headers: headers(body, at: 999))
            let other = try #require(later.value["run"]?.integer)
            #expect(other > run, "signed anew, it is another call")
        }
        #expect(try refusals(house).isEmpty)
    }

    @Test func `B-8: the same call twice at once starts one run`() async throws {
        let house = try await house()
        try await house.serving { client in
            for round in 1...10 {
                let body = "round \(round)"
                async let first = client.send("/hooks/deploy", body, headers: headers(body))
                async let second = client.send("/hooks/deploy", body, headers: headers(body))
                let answers = try await [first, second]
                #expect(Set(answers.map { $0.value["run"]?.integer }).count == 1)
                #expect(answers.filter { $0.value["repeated"]?.boolean == false }.count == 1)
            }
        }
        #expect(try house.store.firings(of: "deploy", limit: 99).count == 10)
    }

    @Test(arguments: [
        (699, House.secret, "deploy", 401, "hook.out_of_time"),
        (1001, House.secret, "deploy", 401, "hook.out_of_time"),
        (1000, "another secret", "deploy", 401, "hook.signature_wrong"),
        (1000, "", "secretless", 401, "hook.signature_wrong"),
        (1000, House.secret, "mute", 404, "name.unknown"),
    ])
    func `B-8: a call that is not to be believed is refused and kept, with its reason`(
        second: Int, secret: String, hook: String, status: Int, code: String
    ) async throws {
        let house = try await house()
        let body = "a word to the wise"
        try await house.serving { client in
            let answer = try await client.send(
                "/hooks/\(hook)", body, headers: headers(body, at: second, secret: secret))
            #expect(answer.status == status)
            #expect(answer.code == code)
        }
        let kept = try #require(try refusals(house).first)
        #expect(kept == ["name": .text(hook), "reason": .text(code), "from": "127.0.0.1"])
        #expect(try house.store.firings(of: "deploy", limit: 9).isEmpty)
        try expectUnwritten([body, House.secret], in: house)
    }

    @Test func `B-8: without headers, paused, or of another body, nothing starts`() async throws {
        let house = try await house()
        try await house.serving { client in
            let bare = try await client.send("/hooks/deploy", "x", headers: [:])
            #expect(bare.code == "hook.signature_wrong")
            let other = try await client.send("/hooks/deploy", "x", headers: headers("y"))
            #expect(other.code == "hook.signature_wrong")
            try await house.orchestrator.pauseTrigger(
                "deploy", true, by: Person(name: "eva"))
            let paused = try await client.send("/hooks/deploy", "x", headers: headers("x"))
            #expect(paused.status == 409)
            #expect(paused.code == "trigger.paused")
        }
        #expect(try refusals(house).count == 3)
        #expect(try house.store.runs().count == 1)
    }

    @Test func `B-8: a body over the limit is refused before it is sent`() async throws {
        let house = try await house()
        try await house.serving { client in
            let largest = String(repeating: "c", count: Limits.requestBytesMax)
            let taken = try await client.send("/hooks/deploy", largest, headers: headers(largest))
            #expect(taken.status == 202)
            // No body follows the head: the answer comes without waiting for one.
            var announced = headers("")
            announced["content-length"] = "\(Limits.requestBytesMax + 1)"
            let connection = try await client.announce("/hooks/deploy", headers: announced)
            let answer = try await connection.read(until: "server.body_too_large")
            #expect(answer.contains("413"))
        }
        #expect(try refusals(house).map { $0["reason"]?.text } == ["server.body_too_large"])
    }

    @Test func `B-8: the line of the manual works with curl and openssl`() async throws {
        let house = try await house()
        let manual = try String(
            contentsOfFile: "Sources/Server/Server.docc/Webhooks.md", encoding: .utf8)
        let fence = try #require(manual.components(separatedBy: "```sh\n").dropFirst().first)
        let line = try #require(fence.components(separatedBy: "```").first)
            .replacingOccurrences(of: "$(date +%s)", with: "1000")
        try await house.serving { client in
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", line]
            process.environment = [
                "PATH": "/usr/bin:/bin", "secret": House.secret, "body": #"{"a": "b c"}"#,
                "engine": "http://127.0.0.1:\(client.port)", "name": "deploy",
            ]
            let output = Pipe()
            process.standardOutput = output
            await withCheckedContinuation { ended in
                process.terminationHandler = { _ in ended.resume() }
                try? process.run()
            }
            let said = String(
                decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            #expect(said.contains(#""outcome":"started""#), "\(said)")
        }
        let run = try #require(try house.store.firings(of: "deploy", limit: 1).first?.run)
        #expect(try house.store.run(run).parameters["payload"]?.text == #"{"a": "b c"}"#)
    }

    private func expectUnwritten(_ words: [String], in house: House) throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: house.folder) {
            let bytes = FileManager.default.contents(atPath: "\(house.folder)/\(file)") ?? Data()
            for word in words {
                #expect(bytes.firstRange(of: Data(word.utf8)) == nil, "\(word) in \(file)")
            }
        }
    }
}
