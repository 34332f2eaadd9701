// Questions to people, asked by one process and answered from another: exactly once, by the right
// person, in time, and never by silence or by the absence of a terminal.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct QuestionTests {
    @Test func `an answer from a second process lets the leader go on`() async throws {
        try await Lab.asking { lab in
            var run = try lab.start("run", "ask")
            _ = try await run.line(containing: "? Shall it go on?")
            try await lab.done("answer", "1", "yes", "--comment", "I looked")
            _ = try await run.line(containing: "it goes on: yes")
            #expect(try await run.end() == .code(0))
            let question = try await lab.json("report", "1")["questions"][0]
            #expect(question["answer"] == "yes")
            #expect(question["comment"] == "I looked")
            #expect(question["by"] == "ola")
            #expect(question["channel"] == "command")
            try await lab.expect(
                4, "answer", "1", "no",
                says: ["was answered by ola at 20", "the first answer stands", "report 1"])
        }
    }

    @Test func `of two answers at once exactly one wins`() async throws {
        try await Lab.asking { lab in
            try await lab.expect(5, "run", "ask", "--no-wait", says: ["muster resume 1"])
            async let first = lab.muster("answer", "1", "yes")
            async let second = lab.muster("answer", "1", "no")
            let both = try await [first, second]
            #expect(
                both.map(\.status).sorted { "\($0)" < "\($1)" } == [.code(0), .code(4)], "\(both)")
            let winner = both[0].status == .code(0) ? "yes" : "no"
            try await lab.expect(0, "resume", says: ["it goes on: \(winner)"])
        }
    }

    @Test func `a wrong answer, a wrong person and a wrong number are told what would be right`()
        async throws
    {
        try await Lab.asking { lab in
            try await lab.expect(5, "run", "ask", "--no-wait")
            try await lab.expect(
                2, "answer", "1", "yse", says: ["one of yes, no", "did you mean 'yes'?"])
            try await lab.expect(
                4, "answer", "1", "yes", "--as", "kari", says: ["role:deciders", "kari"])
            try await lab.expect(
                2, "answer", "1", "yes", "--as", "kary", says: ["did you mean 'kari'?"])
            try await lab.expect(2, "answer", "1", says: ["one of yes, no", "--refuse"])
            try await lab.expect(2, "answer", "1", "yes", "--refuse", says: ["not both"])
            try await lab.expect(2, "answer", "7", "yes", says: ["no question 7", "muster tasks"])
            #expect(try await lab.json("tasks").list.count == 1)
        }
    }

    @Test func `M-4 open questions come in pages, and each says where the next begins`()
        async throws
    {
        try await Lab.asking { lab in
            for _ in 1...2 { try await lab.expect(5, "run", "ask", "--no-wait") }
            try await lab.expect(0, "tasks", "--limit", "1", says: ["muster tasks --after 1"])
            let next = try await lab.json("tasks", "--limit", "1", "--after", "1")
            #expect(next.list.map { $0["id"] } == [2])
            #expect(try await lab.json("tasks", "--after", "2").list.isEmpty)
            try await lab.expect(2, "tasks", "--limit", "0", says: ["--limit takes 1 to 1000"])
        }
    }

    @Test func `refusing aborts, and the comment is in the report`() async throws {
        try await Lab.asking { lab in
            var run = try lab.start("run", "ask")
            _ = try await run.line(containing: "? ")
            try await lab.expect(
                0, "answer", "1", "--refuse", "--comment", "not tonight", says: ["refused by ola"])
            #expect(try await run.end() == .code(3))
            try await lab.expect(0, "report", "1", says: ["refused by ola", "not tonight"])
            try await lab.expect(4, "answer", "1", "yes", says: ["refused by ola"])
        }
    }

    @Test func `silence is a refusal unless the author says otherwise`() async throws {
        try await Lab.asking(options: #"deadline = "1s""#) { lab in
            try await lab.expect(3, "run", "ask", says: ["nobody answered 'Shall it go on?'"])
            try await lab.expect(
                4, "answer", "1", "yes", says: ["could be answered until", "abort, was taken"])
            let question = try await lab.json("report", "1")["questions"][0]
            #expect(question["state"] == "expired")
        }
        try await Lab.asking(options: #"deadline = "1s", on_deadline = "continue""#) { lab in
            try await lab.expect(0, "run", "ask", says: ["it goes on: nobody"])
        }
    }

    @Test func `a late answer is refused though the engine has not noticed the hour`() async throws
    {
        try await Lab.asking(options: #"deadline = "1s""#) { lab in
            try await lab.expect(5, "run", "ask", "--no-wait")
            // Another run's question that expires later passes the time without a clock here.
            try await lab.expect(3, "run", "ask")
            try await lab.expect(4, "answer", "1", "yes", says: ["could be answered until"])
            try await lab.expect(3, "resume", "1", says: ["nobody answered"])
        }
    }

    @Test func `M-1: two of the deciders agree, one of them through a delegate`() async throws {
        try await Lab.asking(options: "quorum = 2") { lab in
            try await lab.expect(5, "run", "ask", "--no-wait")
            try await lab.expect(0, "tasks", says: ["2 of role:deciders"])
            try await lab.expect(
                0, "answer", "1", "yes", says: ["others must agree: 1 of 2: ola yes"])
            try await lab.expect(4, "answer", "1", "yes", says: ["ola has answered yes"])
            try await lab.expect(
                4, "tasks", "delegate", "1", "--to", "ola", "--as", "per", says: ["already"])
            try await lab.expect(
                2, "tasks", "delegate", "1", "--to", "kary", "--as", "per",
                says: ["did you mean 'kari'?"])
            try await lab.expect(
                0, "tasks", "delegate", "1", "--to", "kari", "--as", "per", "--comment", "asleep",
                says: ["kari may answer for per"])
            try await lab.expect(0, "answer", "1", "yes", "--as", "kari", "--comment", "I looked")
            try await lab.expect(
                0, "tasks", "show", "1",
                says: [
                    "answered", "per lets kari answer", "ola yes",
                    "kari for per yes (\"I looked\")",
                ])
            try await lab.expect(0, "resume", says: ["it goes on: yes"])
            let votes = try await lab.json("tasks", "show", "1")["votes"]
            #expect(votes.list.count == 2)
        }
    }

    @Test func `no terminal never means yes`() async throws {
        try await Lab.asking { lab in
            let outcome = try await lab.muster("run", "ask", "--no-wait", input: "yes\nyes\n")
            #expect(outcome.status == .code(5), "\(outcome)")
            #expect(try await lab.json("tasks").list.count == 1)
            try await lab.expect(5, "resume", "--no-wait")
            try await lab.done("answer", "1", "yes")
            try await lab.expect(0, "resume", says: ["it goes on: yes", "muster report 1"])
        }
    }
}

extension Lab {
    /// A lab without machines whose runbook `ask` puts a question to the deciders, of whom Ola is
    /// one and Kari is not. Ola acts unless another is named.
    static func asking(
        options: String = "", _ work: (Lab) async throws -> Void
    ) async throws {
        try await scratch { lab in
            try await lab.done("init")
            try lab.configure(
                """
                return { people = {
                  ola = { "deciders" }, per = { "deciders" }, kari = { "operator" },
                } }
                """)
            try lab.runbook(
                "ask.lua",
                """
                return runbook {
                  summary = "Asks before it goes on",
                  run = function()
                    local answer = job.ask("Shall it go on?", {
                      by = "role:deciders", choices = { "yes", "no" }, \(options)
                    })
                    job.output("it goes on: %s", answer or "nobody")
                  end,
                }
                """)
            try await work(lab.acting(as: "ola"))
        }
    }

    func configure(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/muster.lua"))
    }

    /// The same lab, with commands given by that person unless they name another.
    func acting(as person: String) -> Lab {
        Lab(folder: folder, program: program, person: person)
    }
}
