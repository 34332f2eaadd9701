// Who a request comes from. Handlers under `/api` take a `KnownVisit`, which cannot be made without
// a person, so that none can be written that forgets to ask.
import Hummingbird
import Model
import NIOCore

/// A request under way.
struct Visit: RequestContext {
    var coreContext: CoreRequestContextStorage
    var person: Person?
    /// The address that the request came from.
    let origin: String

    init(source: ApplicationRequestContextSource) {
        origin = source.channel.remoteAddress?.ipAddress ?? "unknown"
        coreContext = CoreRequestContextStorage(source: source)
    }
}

/// A request of somebody known.
struct KnownVisit: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let person: Person

    init(context: Visit) throws {
        guard let person = context.person else {
            throw Failure(
                .tokenUnknown,
                "the request must carry a token of this house: `Authorization: Bearer TOKEN`")
        }
        coreContext = context.coreContext
        self.person = person
    }
}

/// Finds out whose token a request carries.
struct Identification: RouterMiddleware {
    let people: @Sendable (String) -> Person?

    @concurrent func handle(
        _ request: Request, context: Visit,
        next: @concurrent (Request, Visit) async throws -> Response
    ) async throws -> Response {
        var visit = context
        visit.person = Self.token(in: request.headers).flatMap(people)
        return try await next(request, visit)
    }

    /// The scheme's name is read in any case, as HTTP wants it.
    private static func token(in headers: HTTPFields) -> String? {
        let parts = (headers[.authorization] ?? "").split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
