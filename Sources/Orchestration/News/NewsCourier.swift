// Tells a receiver outside of questions, while an engine leads: what the outbox holds, at least
// once, signed as incoming webhooks are. A receiver that does not take it is tried again with
// back-off for a day, and then given up, which is kept as an event of the run. Nobody waits for it.
import Fabric
import Model
import Store

package struct NewsCourier: Sendable {
    /// Sends a body with headers; returns the status of the answer, or throws why there is none.
    package typealias Post =
        @Sendable (_ body: String, _ headers: [String: String]) async throws -> Int

    private let orchestrator: Orchestrator
    private let receiver: NewsReceiver
    private let lease: LeaseToken?
    private let post: Post

    package init(
        _ orchestrator: Orchestrator, to receiver: NewsReceiver, under lease: LeaseToken? = nil,
        post: @escaping Post
    ) {
        self.orchestrator = orchestrator
        self.receiver = receiver
        self.lease = lease
        self.post = post
    }

    private var store: Store { orchestrator.services.store }
    private var clock: any WallClock { orchestrator.services.clock }

    /// Tells until its task is cancelled. Raises the engine's own trouble.
    package func run(_ notices: AsyncStream<Notice>) async throws {
        let bell = Bell()
        let hearing = Task {
            for await notice in notices where notice == .missed || notice.run != nil {
                bell.ring()
            }
        }
        defer { hearing.cancel() }
        while true {
            let heard = bell.count
            let next = try await look()
            try await bell.wait(after: heard, until: next, clock: clock)
        }
    }

    /// Tells all that is due; returns when the next is, nil for never.
    package func look() async throws -> Timestamp? {
        while true {
            let due = try store.dueNews(at: clock.now, limit: Limits.newsAtOnce)
            guard !due.isEmpty else { return try store.nextNews() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for news in due { group.addTask { try await tell(news) } }
                try await group.waitForAll()
            }
        }
    }

    private func tell(_ news: QuestionNews) async throws {
        let question = try store.question(news.question)
        let body = try body(news, question).canonicalJSON
        let timestamp = String(clock.now.microseconds / 1_000_000)
        let digits = Signature.of(Array(body.utf8), at: timestamp, secret: receiver.secret)
        let reason: String
        do {
            let status = try await post(
                body,
                [
                    "Content-Type": "application/json", "Muster-Timestamp": timestamp,
                    "Muster-Signature": Signature.scheme + digits,
                ])
            if (200..<300).contains(status) {
                return try await store.commit([.newsEnded(news.number)], under: lease)
            }
            reason = "it answered \(status)"
        } catch {
            try Task.checkCancellation()
            reason = Failure(error, as: .internalFault).message
        }
        try await putOff(news, question, reason)
    }

    private func putOff(
        _ news: QuestionNews, _ question: Question, _ reason: String
    ) async throws {
        let now = clock.now
        if let next = news.retry(after: now) {
            let change = Change.newsPostponed(
                news.number, attempts: news.attempts + 1, until: next)
            return try await store.commit([change], under: lease)
        }
        let record: Value = [
            "question": .integer(question.id.number), "occasion": .text(news.occasion.rawValue),
            "attempts": .integer(Int64(news.attempts + 1)), "reason": .text(reason),
        ]
        let event = Event(
            topic: "question.untold", run: question.place.run, record: record.canonicalJSON, at: now
        )
        try await store.commit([.newsEnded(news.number), .recorded(event)], under: lease)
    }

    private func body(_ news: QuestionNews, _ question: Question) throws -> Value {
        let run = try store.run(question.place.run)
        let links = orchestrator.answerers(of: question, owner: run.scope)
            .prefix(Limits.linksMax).map { person -> Value in
                [
                    "person": .text(person.name),
                    "url": .text(receiver.link(of: person, to: question)),
                ]
            }
        return [
            "occasion": .text(news.occasion.rawValue), "question": question.view,
            "run": [
                "id": .integer(run.id.number), "name": .text(run.name),
                "started_by": .text(run.startedBy),
                "reason": run.reason.map { .text($0) } ?? .null,
            ],
            "links": .list(Array(links)),
        ]
    }
}
