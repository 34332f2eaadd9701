// The secrets that one call of a primitive has opened, so that nothing it returns or raises shows
// one: the far side of a call may well print the password it was given.
import Model

final class OpenedSecrets: Sendable {
    private let secrets = Locked<[Secret]>([])

    func note(_ secret: Secret) { secrets.withLock { $0.append(secret) } }

    /// What `work` returns or raises, scrubbed of whatever it opened.
    func scrubbing(_ work: () async throws -> Value) async throws -> Value {
        do {
            let value = try await work()
            return all.reduce(value) { $1.scrubbed($0) }
        } catch {
            throw scrubbed(Failure(error, as: .internalFault))
        }
    }

    private func scrubbed(_ failure: Failure) -> Failure {
        guard !all.isEmpty else { return failure }
        let value = all.reduce(failure.value) { $1.scrubbed($0) }
        return Failure(value) ?? Failure(failure.code, Secret.mark)
    }

    /// The longest first: one may stand inside another.
    private var all: [Secret] {
        secrets.withLock { $0 }.sorted { $0.byteCount > $1.byteCount }
    }
}
