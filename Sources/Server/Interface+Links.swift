// One-time links: a person answers one question without a token. Opening a link shows a form and
// never answers, for programs that guard mail open links too; only the form's POST does. What is
// refused is kept with its reason and where it came from, never with the link.
import Hummingbird
import Model
import NIOCore
import Orchestration

extension Interface {
    func addLinks(to router: Router<Visit>) {
        router.get("/answer/:link") { _, visit in
            try await following(visit) { question, person in
                LinkPage.form(
                    question, person, run: try orchestrator.run(question.place.run, for: person))
            }
        }
        router.post("/answer/:link") { request, visit in
            try await following(visit) { question, person in
                let form = try FormBody(try await request.wholeBody())
                let settled = try await orchestrator.answer(
                    question.id, try form.answer(to: question.request.form),
                    comment: form.comment, by: person, channel: "link")
                return LinkPage.thanks(settled, person)
            }
        }
    }

    private func following(
        _ visit: Visit, _ work: (Question, Person) async throws -> HTML
    ) async throws -> Response {
        do {
            let link = visit.parameters.get("link") ?? ""
            let (question, person) = try orchestrator.followed(link: link, secret: linkSecret)
            return Response(page: try await work(question, person), status: .ok)
        } catch let failure as Failure {
            let name = failure.context["question"] ?? "unknown"
            try await orchestrator.refused("link.refused", name, failure, from: visit.origin)
            return Response(page: LinkPage.refusal(failure), status: failure.code.status)
        }
    }
}

extension Response {
    fileprivate init(page: HTML, status: HTTPResponse.Status) {
        self.init(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy: LinkPage.policy,
                // The link must not be told to whatever is opened next. It is a token of HTTP.
                .init("Referrer-Policy")!: "no-referrer",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: page.text)))
    }
}

/// The fields of a form that a browser sends.
private struct FormBody {
    private var fields: [String: String] = [:]

    /// Raises `usage.invalid` for a field that no form of ours has.
    init(_ bytes: ByteBuffer) throws(Failure) {
        for pair in String(buffer: bytes).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decoded(parts[0])
            guard ["say", "answer", "comment"].contains(name), parts.count == 2 else {
                throw Failure(.usage, "the form has no field '\(name.prefix(40))'")
            }
            fields[name] = Self.decoded(parts[1])
        }
    }

    var comment: String? { fields["comment"].flatMap { $0.isEmpty ? nil : $0 } }

    /// Nil refuses. Neither is a mistake: silence is never taken for one.
    func answer(to form: QuestionForm) throws(Failure) -> Value? {
        switch fields["say"] {
        case "refuse": return nil
        case "answer": return try form.answer(from: fields["answer"] ?? "")
        default: throw Failure(.usage, "press one of the buttons: to answer, or to refuse")
        }
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), let escaped = UInt8(digits, radix: 16) {
                bytes.append(escaped)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
