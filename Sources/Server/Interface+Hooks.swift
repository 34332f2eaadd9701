// Webhooks: programs outside start a runbook, by a signature instead of a token. What carries no
// time stamp of now is refused before its body is read, and a body over the limit before it is read
// whole. Every refusal is kept with its reason and where it came from, never with the body.
import Hummingbird
import Model
import NIOCore
import Orchestration

extension Interface {
    func heard(_ request: Request, _ visit: Visit) async throws -> Response {
        let name = visit.parameters.get("hook") ?? ""
        do {
            let (payload, signature) = try await checked(request, hook: name)
            let (firing, isRepeated) = try await orchestrator.heard(
                hook: name, signature: signature, payload: payload)
            return Response(
                [
                    "outcome": .text(firing.outcome.rawValue), "remark": .text(firing.remark),
                    "run": firing.run.map { .integer($0.number) } ?? .null,
                    "repeated": .boolean(isRepeated),
                ], status: firing.outcome == .started ? .accepted : .conflict)
        } catch let failure as Failure where failure.isRefusedCall {
            try await orchestrator.refused("hook.refused", name, failure, from: visit.origin)
            throw failure
        }
    }

    /// The body and the digits of its signature, once that was found right.
    private func checked(
        _ request: Request, hook name: String
    ) async throws -> (payload: String, signature: String) {
        let signature = try CallSignature(
            timestamp: request.headers[named: "muster-timestamp"],
            signature: request.headers[named: "muster-signature"],
            now: orchestrator.services.clock.now)
        let body = try await request.wholeBody()
        try signature.require(hooks(name), for: Array(body.readableBytesView))
        guard let payload = body.getString(at: body.readerIndex, length: body.readableBytes),
            payload.utf8.elementsEqual(body.readableBytesView)
        else { throw Failure(.usage, "the body of a call is a text of UTF-8") }
        return (payload, signature.digits)
    }
}

extension Failure {
    fileprivate var isRefusedCall: Bool {
        [
            .signatureWrong, .outOfTime, .bodyTooLarge, .unknownName, .triggerPaused, .usage,
        ].contains(code)
    }
}

extension HTTPFields {
    /// The first field of that name, which is written in lower case.
    fileprivate subscript(named name: String) -> String? {
        first { $0.name.canonicalName == name }?.value
    }
}
