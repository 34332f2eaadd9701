// What every answer has in common: an error is the house's failure as JSON with a fitting status,
// and no browser keeps what it was shown or guesses what it is.
import Hummingbird
import Model
import NIOCore

struct Manners: RouterMiddleware {
    @concurrent func handle(
        _ request: Request, context: Visit,
        next: @concurrent (Request, Visit) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = Response(Failure(answering: error, to: request))
        }
        response.headers[.cacheControl] = "no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }
}

extension Response {
    /// A value as canonical JSON.
    init(_ value: Value, status: HTTPResponse.Status = .ok) {
        self.init(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: value.canonicalJSON)))
    }

    /// `{"error": {"code": …, "message": …}}`. A traceback is for the author of a runbook, and
    /// stays in the report.
    init(_ failure: Failure) {
        self.init(["error": failure.withoutTraceback.value], status: failure.code.status)
        if failure.code == .tokenUnknown { headers[.wwwAuthenticate] = "Bearer" }
    }
}

extension Failure {
    /// What went wrong while a request was answered. What is no failure of the house is not
    /// described: nobody has looked whether its text may be seen.
    fileprivate init(answering error: any Error, to request: Request) {
        switch error {
        case let failure as Failure: self = failure
        case let error as any HTTPResponseError where error.status == .notFound:
            self.init(
                .unknownName,
                "there is no \(request.method) \(request.uri.path) here; the page is at /",
                context: ["path": request.uri.path])
        case let error as any HTTPResponseError where error.status == .badRequest:
            self.init(.usage, "the request for \(request.uri.path) is not one that HTTP allows")
        default:
            self.init(
                .internalFault,
                "the answer to \(request.method) \(request.uri.path) could not be made; look at "
                    + "what the engine prints, and ask with `muster runs`")
        }
    }

    fileprivate var withoutTraceback: Failure {
        Failure(
            code, message, context: context, at: position, cause: cause?.withoutTraceback)
    }
}

extension Failure.Code {
    /// The HTTP status that says the same to programs that look no further.
    var status: HTTPResponse.Status {
        switch self {
        case .usage, .answerInvalid: .badRequest
        case .tokenUnknown, .signatureWrong, .outOfTime: .unauthorized
        case .notYours, .refused, .linkInvalid: .forbidden
        case .unknownName: .notFound
        case .answeredAlready, .questionExpired, .questionWithdrawn, .votedAlready,
            .delegationRefused, .runTransitionRefused, .triggerPaused:
            .conflict
        case .bodyTooLarge: .contentTooLarge
        default: .internalServerError
        }
    }
}
