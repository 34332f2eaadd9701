// What is refused, with which status and in which words; and that a refusal leaves no trace.
import Model
import Store
import Testing

@Suite(.timeLimit(.minutes(10))) struct RefusalTests {
    @Test(arguments: [
        "/api/me", "/api/runs", "/api/runs/1", "/api/tasks", "/api/tasks/1", "/api/events",
    ])
    func `nobody reads without a token`(path: String) async throws {
        let house = try await House()
        _ = try await house.ask()
        try await house.serving { client in
            for token in [nil, "token-of-nobody", ""] as [String?] {
                let answer = try await client.get(path, token: token)
                #expect(answer.status == 401)
                #expect(answer.code == Failure.Code.tokenUnknown.name)
                #expect(answer.headers["www-authenticate"] == "Bearer")
                #expect(!answer.body.contains("share"))
            }
        }
    }

    @Test func `nobody answers or aborts without a token`() async throws {
        let house = try await House()
        let id = try await house.ask()
        try await house.serving { client in
            let answer = try await client.post(
                "/api/tasks/\(id)/answer", #"{"answer":true}"#, token: nil)
            #expect(answer.status == 401)
            let abort = try await client.post("/api/runs/1/abort", "{}", token: "token-of-nobody")
            #expect(abort.status == 401)
        }
        #expect(try house.store.question(id).state == .open)
        #expect(try house.store.run(RunID(1)).abort == nil)
    }

    @Test(arguments: [
        ("", "usage.invalid"), ("{", "usage.invalid"), ("[1]", "object"),
        ("{}", "say either"), (#"{"answer":null}"#, "say either"),
        (#"{"refuse":false}"#, "say either"), (#"{"refuse":"yes"}"#, "say either"),
        (#"{"answer":true,"refuse":true}"#, "say either"),
        (#"{"anwser":true}"#, "did you mean 'answer'?"),
        (#"{"answer":true,"comment":7}"#, "'comment' must be a text"),
        (#"{"answer":true,"channel":"command"}"#, "no channel"),
        (#"{"answer":"perhaps"}"#, "question.answer_invalid"),
        (#"{"answer":7}"#, "question.answer_invalid"),
    ])
    func `a body that is no answer is refused and settles nothing`(
        body: String, words: String
    ) async throws {
        let house = try await House()
        let id = try await house.ask()
        let answer = try await house.serving {
            try await $0.post("/api/tasks/\(id)/answer", body)
        }
        #expect(answer.status == 400)
        #expect(answer.body.contains(words), "\(answer.body)")
        #expect(try house.store.question(id).state == .open)
    }

    @Test(arguments: ["/api/runs?limit=0", "/api/runs?limit=201", "/api/tasks?after=x"])
    func `a part of a list that cannot be is refused`(path: String) async throws {
        let answer = try await House().serving { try await $0.get(path) }
        #expect(answer.status == 400)
        #expect(answer.code == "usage.invalid")
    }

    @Test func `somebody else's task is refused, naming for whom it is`() async throws {
        let house = try await House()
        let id = try await house.ask(.sample(who: .role("fabric-admin")))
        let answer = try await house.serving {
            try await $0.post(
                "/api/tasks/\(id)/answer", #"{"answer":true}"#, token: "token-of-lars")
        }
        #expect(answer.status == 403)
        #expect(answer.code == "question.not_yours")
        #expect(answer.error["context"]?["who"]?.text == "role:fabric-admin")
        #expect(try house.store.question(id).state == .open)
    }

    @Test(arguments: [
        "/api/runs/9", "/api/runs/x", "/api/runs/-1", "/api/tasks/9", "/api/tasks/x",
        "/api/nothing",
        "/nothing", "/api/tasks/1/answer",
    ])
    func `what is not there is named`(path: String) async throws {
        let answer = try await House().serving { try await $0.get(path) }
        #expect(answer.status == 404)
        #expect(answer.code == "name.unknown")
        #expect(answer.error["message"]?.text?.contains("there is no") == true)
    }

    @Test func `a second answer is refused with who was first and when`() async throws {
        let house = try await House()
        let id = try await house.ask()
        let second = try await house.serving { client in
            _ = try await client.post("/api/tasks/\(id)/answer", #"{"answer":true}"#)
            return try await client.post(
                "/api/tasks/\(id)/answer", #"{"answer":"perhaps"}"#, token: "token-of-lars")
        }
        #expect(second.status == 409)
        #expect(second.code == "question.answered_already")
        #expect(second.error["context"]?["by"]?.text == "eva")
        #expect(second.error["message"]?.text?.contains("answered by eva") == true)
    }

    @Test func `a late answer is refused, and a withdrawn task`() async throws {
        let house = try await House()
        let late = try await house.ask(.sample(deadline: .second(999)))
        let idle = try await house.ask()
        try await house.store.commit([.questionWithdrawn(idle, at: .second(950))])
        try await house.serving { client in
            let first = try await client.post("/api/tasks/\(late)/answer", #"{"answer":true}"#)
            #expect(first.status == 409)
            #expect(first.code == "question.expired")
            let second = try await client.post("/api/tasks/\(idle)/answer", #"{"answer":true}"#)
            #expect(second.status == 409)
            #expect(second.code == "question.withdrawn")
        }
        #expect(try house.store.question(late).answer == nil)
    }

    @Test func `a run that has ended cannot be aborted`() async throws {
        let house = try await House()
        try await house.store.commit([.runChanged(RunID(1), .completed, at: .second(950))])
        let answer = try await house.serving { try await $0.post("/api/runs/1/abort", "{}") }
        #expect(answer.status == 409)
        #expect(answer.code == "run.transition_refused")
    }

    @Test func `a body over the limit is refused, one at the limit is read`() async throws {
        let house = try await House()
        let id = try await house.ask()
        try await house.serving { client in
            for (bytes, status) in [
                (Limits.requestBytesMax, 200), (Limits.requestBytesMax + 1, 413),
            ] {
                let frame = #"{"answer":true,"comment":""}"#
                let comment = String(repeating: "c", count: bytes - frame.utf8.count)
                let answer = try await client.post(
                    "/api/tasks/\(id)/answer", #"{"answer":true,"comment":"\#(comment)"}"#)
                #expect(answer.status == status)
                if status == 413 { #expect(answer.code == Failure.Code.bodyTooLarge.name) }
            }
        }
    }

    @Test func `trouble of the engine is told without its traceback`() async throws {
        let trouble = Failure(
            .fileSystem, "the folder is gone", traceback: "stack traceback: in run",
            cause: Failure(.fileSystem, "no such file", traceback: "stack traceback: below"))
        let answer = try await House().serving(news: { throw trouble }) {
            try await $0.get("/api/events")
        }
        #expect(answer.status == 500)
        #expect(answer.code == "files.failed")
        #expect(answer.error["cause"]?["message"]?.text == "no such file")
        #expect(!answer.body.contains("traceback"))
    }

    @Test func `an error that nobody has looked at is not shown`() async throws {
        struct Odd: Error { let password = "hunter2" }
        let answer = try await House().serving(news: { throw Odd() }) {
            try await $0.get("/api/events")
        }
        #expect(answer.status == 500)
        #expect(answer.code == "muster.fault")
        #expect(!answer.body.contains("hunter2"))
    }

    @Test(arguments: [
        (Failure.Code.usage, 400), (.answerInvalid, 400), (.tokenUnknown, 401), (.refused, 403),
        (.notYours, 403), (.unknownName, 404), (.answeredAlready, 409), (.questionExpired, 409),
        (.questionWithdrawn, 409), (.runTransitionRefused, 409), (.bodyTooLarge, 413),
        (.storeFull, 500), (.storeBusy, 500),
    ])
    func `a failure has the status that says the same`(
        code: Failure.Code, status: Int
    ) async throws {
        let answer = try await House().serving(news: { throw Failure(code, "so it is") }) {
            try await $0.get("/api/events")
        }
        #expect(answer.status == status)
        #expect(answer.body == #"{"error":{"code":"\#(code)","message":"so it is"}}"#)
    }
}
