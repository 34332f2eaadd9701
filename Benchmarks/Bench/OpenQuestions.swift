// Runs that wait for people: what a look at the questions costs, what the engine holds for them,
// how soon an answer is heard, and how soon after kill -9 all can be answered.
import Foundation
import Model
import Orchestration
import Store

enum OpenQuestions {
    static var comparisons: [Comparison] {
        let (many, some) = (Scene(100_000), Scene(1_000))
        return [
            page(many), memory(many, "100,000", wanted: 100, beside: nil),
            recovery(many, "100,000", wanted: 10_000, beside: nil),
            memory(
                some, "1,000", wanted: 90,
                beside: PythonPeers.dbos { folder in
                    let peer = try DurablePeer(folder, "ask", "1000")
                    defer { peer.kill() }
                    _ = try peer.line()
                    return peer.residentMebibytes
                }),
            answer(some),
            recovery(
                some, "1,000", wanted: 1_000,
                beside: PythonPeers.dbos { folder in
                    let first = try DurablePeer(folder, "ask", "1000")
                    _ = try first.line()
                    first.kill()
                    var second: DurablePeer?
                    defer { second?.kill() }
                    return try await seconds {
                        second = try DurablePeer(folder, "stay")
                        _ = try second?.line()
                        _ = try second?.answer(999)
                    } * 1_000
                }),
        ]
    }

    /// The first page of `muster tasks`, beside the same command where nobody is asked.
    private static func page(_ scene: Scene) -> Comparison {
        Comparison(
            name: "muster tasks, first page of 100,000", unit: .cost("ms"), wanted: .atMost(50),
            rounds: 15,
            ours: { try await milliseconds(["--lab", scene.world().folder, "tasks"]) },
            peer: Comparison.Peer(name: "muster --version") {
                try await milliseconds(["--version"])
            })
    }

    private static func milliseconds(_ arguments: [String]) async throws -> Double {
        try await seconds { try ChildProcess.run(ChildProcess.muster, arguments) } * 1_000
    }

    /// The most that the engine has held, a hundred answers heard.
    private static func memory(
        _ scene: Scene, _ count: String, wanted: Double, beside peer: Comparison.Peer?
    ) -> Comparison {
        Comparison(
            name: "memory, \(count) runs waiting", unit: .cost("MiB"), wanted: .atMost(wanted),
            rounds: 1,
            ours: {
                let world = try await scene.world()
                let engine = try ServingEngine(world.folder)
                defer { engine.kill() }
                try await engine.leads()
                try await scene.answerMany(world)
                precondition(engine.threads < 64, "an engine of \(engine.threads) threads")
                return engine.peakMebibytes
            }, peer: peer)
    }

    private static func recovery(
        _ scene: Scene, _ count: String, wanted: Double, beside peer: Comparison.Peer?
    ) -> Comparison {
        Comparison(
            name: "\(count) waiting, kill -9, all answerable", unit: .cost("ms"),
            wanted: .atMost(wanted), rounds: 1,
            ours: {
                let world = try await scene.world()
                let first = try ServingEngine(world.folder)
                try await first.leads()
                first.kill()
                var second: ServingEngine?
                defer { second?.kill() }
                return try await seconds {
                    second = try ServingEngine(world.folder)
                    try await second?.leads()
                    try await scene.answerMany(world)
                } * 1_000
            }, peer: peer)
    }

    /// The median of a hundred answers, given one by one while an engine leads. A person comes
    /// after the other, so the engine has parked the run before.
    private static func answer(_ scene: Scene) -> Comparison {
        Comparison(
            name: "answer to next step, 1,000 waiting", unit: .cost("ms"), wanted: .atMost(5),
            rounds: 1,
            ours: {
                let world = try await scene.world()
                let engine = try ServingEngine(world.folder)
                defer { engine.kill() }
                try await engine.leads()
                try await scene.answerMany(world)
                var times: [Double] = []
                for _ in 0..<100 {
                    let run = await scene.nextRun()
                    try await Task.sleep(for: .milliseconds(10))
                    times.append(
                        try await seconds {
                            let asked = try await scene.answer(run, in: world)
                            try await scene.heard(run, asked, in: world)
                        } * 1_000)
                }
                return median(times)
            },
            peer: PythonPeers.dbos { folder in
                let peer = try DurablePeer(folder, "ask", "1000")
                defer { peer.kill() }
                _ = try peer.line()
                return median(try (0..<5).map { try peer.answer($0 * 100) })
            })
    }
}

extension OpenQuestions {
    /// A lab in which so many runs wait, each for ever for the next answer; made when it is needed.
    actor Scene {
        private let count: Int
        private var made: Laboratory?
        private var bell: Notifier?
        private var last: Int64 = 0

        init(_ count: Int) { self.count = count }

        func world() async throws -> Laboratory {
            if let made { return made }
            let laboratory = try await Laboratory(runbooks: [
                "asking": runbook("while true do job.ask(\"Go on?\") end")
            ])
            let first = try await laboratory.start("asking")
            try await laboratory.pass(first)
            try await copy(first, in: laboratory)
            laboratory.giveUpLead()
            bell = try Notifier(folder: laboratory.folder)
            made = laboratory
            return laboratory
        }

        /// The other runs, as the first one stands: changes as an engine commits them, many runs
        /// in a transaction, for one by one they would take minutes.
        private func copy(_ first: RunID, in laboratory: Laboratory) async throws {
            let store = laboratory.store
            var record = try store.run(first)
            let at = record.createdAt
            let place = JournalPlace(run: first, sequence: 1)
            guard let request = try store.question(at: place)?.request,
                let intent = try store.numberedEntries(of: first, branch: .main).first?.entry
            else { throw Failure(.internalFault, "the first run asks nothing") }
            (record.state, record.startedAt, record.wakeAt) = (.queued, nil, nil)
            for start in stride(from: 2, through: count, by: 500) {
                try await store.commit(
                    (start..<min(start + 500, count + 1)).flatMap { number -> [Change] in
                        record.id = RunID(Int64(number))
                        let place = JournalPlace(run: record.id, sequence: 1)
                        return [
                            .runInserted(record), .runChanged(record.id, .started, at: at),
                            .questionAsked(place, request, at: at),
                            .journaled(
                                JournalEntry(
                                    .intent, at: place, primitive: intent.primitive,
                                    payload: intent.payload, on: at)),
                            .runChanged(record.id, .parked, at: at),
                        ]
                    })
            }
        }

        /// A run that has not been answered lately; a hundred of them are all over the lab.
        func nextRun() -> RunID {
            last = (last + Int64(count / 100) + 1) % Int64(count)
            return RunID(last + 1)
        }

        /// Answers the run's open question as another process would; returns which it was.
        func answer(_ run: RunID, in world: Laboratory) async throws -> QuestionID {
            guard let open = try world.store.questions(of: run).last else {
                throw Failure(.internalFault, "run \(run) asks nothing")
            }
            let person = Person(name: "bench", roles: [])
            try await world.orchestrator.answer(
                open.id, .text("yes"), comment: nil, by: person, channel: "bench")
            bell?.notify(Notice(.answered, run: run))
            return open.id
        }

        /// Returns when the run has begun its next step, which is another question.
        func heard(_ run: RunID, _ asked: QuestionID, in world: Laboratory) async throws {
            try await until("run \(run) asks again") {
                try world.store.questions(of: run).last?.id != asked
            }
        }

        /// A hundred answers at once, until each run has gone on.
        func answerMany(_ world: Laboratory) async throws {
            var asked: [(RunID, QuestionID)] = []
            for _ in 0..<100 {
                let run = nextRun()
                asked.append((run, try await answer(run, in: world)))
            }
            for (run, question) in asked { try await heard(run, question, in: world) }
        }
    }
}
