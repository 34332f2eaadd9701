// A secret in the clear: it lives as long as the act that needs it, and prints as `(hidden)`,
// whoever prints it and however.
import SystemCrypto

package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// What stands in the place of a secret wherever something is shown.
    package static let mark = "(hidden)"

    private let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { Self.mark }
    package var debugDescription: String { Self.mark }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    package var isEmpty: Bool { text.isEmpty }
    package var byteCount: Int { text.utf8.count }

    /// Lends the secret to an act that hands it on. It must not be kept.
    package func reveal<Result>(_ act: (String) throws -> Result) rethrows -> Result {
        try act(text)
    }

    /// `shown` with the mark in place of each occurrence of the secret.
    package func scrubbed(_ shown: String) -> String {
        text.isEmpty ? shown : shown.replacing(text, with: Self.mark)
    }

    /// The HMAC-SHA-256 of a message in hexadecimal digits.
    package func signature(of message: String) -> String {
        let key = Array(text.utf8)
        let bytes = Array(message.utf8)
        var output = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        let made = HMAC(
            EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &output, &count)
        precondition(made != nil && count == 32, "libcrypto refuses HMAC")
        return output.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

extension Secret {
    /// The value without the secret, in whatever text of it.
    package func scrubbed(_ value: Value) -> Value {
        switch value {
        case .text(let text): .text(scrubbed(text))
        case .list(let values): .list(values.map(scrubbed))
        case .object(let fields):
            .object(
                Dictionary(
                    fields.map { (scrubbed($0.key), scrubbed($0.value)) },
                    uniquingKeysWith: { first, _ in first }))
        default: value
        }
    }
}
