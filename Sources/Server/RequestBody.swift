// What a request brings: a JSON object of known fields, and which part of a list it wants. Unknown
// fields are refused: a misspelt `refuse` must not pass for silence.
import Hummingbird
import Model
import NIOCore

/// The JSON object in the body of a request.
struct RequestBody: Sendable {
    private let fields: [String: Value]

    /// Raises `server.body_too_large` and `usage.invalid`.
    init(reading request: Request, fields known: [String]) async throws {
        let bytes = try await request.wholeBody()
        guard let fields = try Value(json: String(buffer: bytes)).object else {
            let names = known.joined(separator: ", ")
            throw Failure(.usage, "the body must be a JSON object of \(names)")
        }
        for name in fields.keys.sorted() where !known.contains(name) {
            throw Failure(
                .usage,
                "the body has a field '\(name)'\(Spelling.hint(for: name, among: known))")
        }
        self.fields = fields
    }

    /// The field, nil when it is absent or null.
    subscript(field: String) -> Value? { Value.object(fields)[field] }

    /// The text in a field, nil when it is absent. Raises `usage.invalid` when it is no text.
    func text(_ field: String) throws(Failure) -> String? {
        guard let value = self[field] else { return nil }
        guard let text = value.text else {
            throw Failure(.usage, "the field '\(field)' must be a text")
        }
        return text
    }
}

extension Request {
    /// The body. One that says it is over the limit is refused unread, and one that turns out to be
    /// as soon as it is. Raises `server.body_too_large`.
    func wholeBody() async throws -> ByteBuffer {
        let tooLarge = Failure(
            .bodyTooLarge,
            "the body is larger than \(ByteCount(Limits.requestBytesMax)); shorten it")
        let announced = headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= Limits.requestBytesMax else { throw tooLarge }
        do {
            return try await body.collect(upTo: Limits.requestBytesMax)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }
}

/// Which part of a list is asked for: after which number, and how much of it.
struct ListPage: Sendable {
    let cursor: Int64?
    let limit: Int

    /// Raises `usage.invalid`.
    init(_ request: Request, cursor name: String) throws(Failure) {
        cursor = try Self.number(name, in: request, upTo: .max)
        let limit = try Self.number("limit", in: request, upTo: Int64(Limits.listedMax))
        self.limit = limit.map(Int.init) ?? Limits.listedMax
    }

    static func number(
        _ name: String, in request: Request, upTo most: Int64
    ) throws(Failure) -> Int64? {
        guard let text = request.uri.queryParameters[name[...]] else { return nil }
        guard let number = Int64(text), number > 0, number <= most else {
            throw Failure(.usage, "'\(name)' must be a whole number from 1 to \(most)")
        }
        return number
    }
}
