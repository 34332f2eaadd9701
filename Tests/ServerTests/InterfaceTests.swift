// Every route says what the store holds, in the words of the reports.
import Model
import Store
import Testing

@Suite(.timeLimit(.minutes(10))) struct InterfaceTests {
    @Test func `health is told to everybody`() async throws {
        let answer = try await House().serving { try await $0.get("/health", token: nil) }
        #expect(answer.status == 200)
        #expect(answer.body == #"{"status":"ok"}"#)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.headers["cache-control"] == "no-store")
        #expect(answer.headers["x-content-type-options"] == "nosniff")
    }

    @Test func `somebody is told who he is`() async throws {
        let answer = try await House().serving { try await $0.get("/api/me") }
        #expect(answer.body == #"{"name":"eva","roles":["fabric-admin"]}"#)
    }

    @Test func `runs are listed newest first, and in parts`() async throws {
        let house = try await House()
        for number in 2...3 { try await house.store.commit([.runInserted(.sample(Int64(number)))]) }
        try await house.serving { client in
            let all = try await client.get("/api/runs").value["runs"]?.list ?? []
            #expect(all.map { $0["id"]?.integer } == [3, 2, 1])
            #expect(all.last?["state"]?.text == "running")
            #expect(all.last?["failover"]?.text == "planned")
            let part = try await client.get("/api/runs?before=3&limit=1").value["runs"]?.list ?? []
            #expect(part.map { $0["id"]?.integer } == [2])
        }
    }

    @Test func `the report of a run has its stages, questions and times`() async throws {
        let house = try await House()
        _ = try await house.ask()
        try await house.store.commit([
            .progress(
                "progress", 1, #"[{"id":"a","title":"First","tasks":[{"id":"a/x","title":"X"}]}]"#),
            .progress("progress/a/x", 1, #"{"state":"running"}"#),
        ])
        let report = try await house.serving { try await $0.get("/api/runs/1").value }
        #expect(report["run"]?["name"]?.text == "stamp")
        let task = report["stages"]?.list?.first?["tasks"]?.list?.first
        #expect(task?["title"]?.text == "X")
        #expect(task?["state"]?.text == "running")
        #expect(report["questions"]?.list?.first?["state"]?.text == "open")
        #expect(report["seconds"]?["human"]?.number == 100)
    }

    @Test func `open tasks are listed oldest first, and in parts`() async throws {
        let house = try await House()
        let ids = [try await house.ask(), try await house.ask(), try await house.ask()]
        try await house.store.commit([.questionWithdrawn(ids[1], at: .second(950))])
        try await house.serving { client in
            let all = try await client.get("/api/tasks").value["tasks"]?.list ?? []
            #expect(all.map { $0["id"]?.integer } == [ids[0].number, ids[2].number])
            let rest = try await client.get("/api/tasks?after=\(ids[0])&limit=5")
            #expect(rest.value["tasks"]?.list?.map { $0["id"]?.integer } == [ids[2].number])
        }
    }

    @Test func `a task tells its form, who may answer and until when`() async throws {
        let house = try await House()
        let id = try await house.ask(
            .sample(
                form: .choices(["east", "west"]), who: .role("fabric-admin"),
                deadline: .second(2000)))
        let task = try await house.serving { try await $0.get("/api/tasks/\(id)").value }
        #expect(task["title"]?.text == "Is the share readable?")
        #expect(task["form"]?.canonicalJSON == #"{"choices":["east","west"],"kind":"choices"}"#)
        #expect(task["who"]?.text == "role:fabric-admin")
        #expect(task["deadline"]?.text == "1970-01-01T00:33:20.000Z")
        #expect(task["on_deadline"]?.text == "abort")
    }

    @Test(arguments: [
        (QuestionForm.confirm, "true", Value.boolean(true)), (.confirm, #""no""#, false),
        (.choices(["east", "west"]), #""west""#, "west"), (.text, #""all is well""#, "all is well"),
        (.number, "7", 7), (.number, #""2.5""#, .float(2.5)),
    ])
    func `an answer is taken as a value or as a person types it`(
        form: QuestionForm, given: String, kept: Value
    ) async throws {
        let house = try await House()
        let id = try await house.ask(.sample(form: form))
        let answer = try await house.serving {
            try await $0.post("/api/tasks/\(id)/answer", #"{"answer":\#(given),"comment":"seen"}"#)
        }
        #expect(answer.status == 200)
        #expect(answer.value["state"]?.text == "answered")
        let question = try house.store.question(id)
        #expect(question.answer == kept)
        #expect(question.comment == "seen")
        #expect(question.by == "eva")
        #expect(question.channel == "http")
        #expect(question.settledAt == House.clock.now)
    }

    @Test func `a task is refused on purpose, and the page is told from the interface`()
        async throws
    {
        let house = try await House()
        let id = try await house.ask()
        let answer = try await house.serving {
            try await $0.post(
                "/api/tasks/\(id)/answer", #"{"refuse":true,"comment":"no","channel":"page"}"#)
        }
        #expect(answer.status == 200)
        let question = try house.store.question(id)
        #expect(question.state == .refused)
        #expect(question.answer == nil)
        #expect(question.channel == "page")
    }

    @Test func `M-1: a quorum over HTTP: votes are shown, and each hears whether the task is his`()
        async throws
    {
        let house = try await House()
        let id = try await house.ask(.sample(quorum: 2))
        try await house.serving { client in
            let path = "/api/tasks/\(id)"
            #expect(try await client.get(path).value["yours"]?.boolean == true)
            let first = try await client.post("\(path)/answer", #"{"answer":true}"#)
            #expect(first.status == 200)
            #expect(first.value["state"]?.text == "open" && first.value["yours"] == false)
            let again = try await client.post("\(path)/answer", #"{"answer":true}"#)
            #expect(again.status == 409 && again.code == "question.voted_already")
            let tasks = try await client.get("/api/tasks", token: "token-of-lars").value
            #expect(tasks["tasks"]?.list?.first?["yours"] == true)
            let second = try await client.post(
                "\(path)/answer", #"{"answer":true}"#, token: "token-of-lars")
            #expect(second.value["state"]?.text == "answered")
            let votes = second.value["votes"]?.list ?? []
            #expect(votes.map { $0["by"]?.text } == ["eva", "lars"])
        }
    }

    @Test func `a task is delegated over HTTP, and then it is the other's too`() async throws {
        let house = try await House()
        let id = try await house.ask(.sample(who: .role("fabric-admin")))
        try await house.serving { client in
            let path = "/api/tasks/\(id)"
            let task = try await client.get(path, token: "token-of-lars")
            #expect(task.value["yours"]?.boolean == false)
            for (body, status) in [
                ("{}", 400), (#"{"to":"lasr"}"#, 404), (#"{"to":"eva"}"#, 409),
            ] {
                #expect(try await client.post("\(path)/delegate", body).status == status)
            }
            let handed = try await client.post("\(path)/delegate", #"{"to":"lars"}"#)
            #expect(handed.status == 200)
            #expect(handed.value["delegations"]?.list?.first?["to"]?.text == "lars")
            let answer = try await client.post(
                "\(path)/answer", #"{"answer":true}"#, token: "token-of-lars")
            #expect(answer.status == 200)
        }
        #expect(try house.store.question(id).votes.map(\.voice) == ["eva"])
        #expect(try house.store.decisions(of: RunID(1)).count == 1)
    }

    @Test func `an abort is written down with who wants it and why`() async throws {
        let house = try await House()
        let answer = try await house.serving {
            try await $0.post("/api/runs/1/abort", #"{"reason":"wrong site"}"#)
        }
        #expect(answer.status == 202)
        #expect(answer.value["id"]?.integer == 1)
        let abort = try house.store.run(RunID(1)).abort
        #expect(abort?.by == "eva")
        #expect(abort?.reason == "wrong site")
    }
}

extension Change {
    /// A line of a plan's progress.
    static func progress(_ branch: String, _ ordinal: Int, _ text: String) -> Change {
        .noted(
            RunNote(
                run: RunID(1), branch: Branch(branch), ordinal: ordinal, level: .plan,
                text: text, at: .second(10)))
    }
}
