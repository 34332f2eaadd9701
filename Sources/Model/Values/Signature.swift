// HMAC-SHA256 of what goes between programs that share a secret. What is signed is the time stamp,
// a point and the body, so that neither can be changed and an old call cannot be made new.
import SystemCrypto

package enum Signature {
    /// What stands before the digits in a header.
    package static let scheme = "sha256="

    /// The signature of a body at that time stamp, as 64 lower-case hexadecimal digits.
    package static func of(_ body: [UInt8], at timestamp: String, secret: String) -> String {
        hmac(Array("\(timestamp).".utf8) + body, secret: secret)
    }

    /// HMAC-SHA256 of a message, as 64 lower-case hexadecimal digits.
    package static func hmac(_ message: [UInt8], secret: String) -> String {
        let key = Array(secret.utf8)
        var output = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        let made = HMAC(
            EVP_sha256(), key, Int32(key.count), message, message.count, &output, &count)
        precondition(made != nil && count == 32, "libcrypto has no HMAC-SHA256")
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: output.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    /// Whether two signatures are the same; takes as long for a wrong one as for the right one.
    package static func isSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        return left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}

/// How a call from outside is signed, as its headers say it.
package struct CallSignature: Sendable {
    package let timestamp: String
    /// The digits alone.
    package let digits: String

    /// Raises `hook.signature_wrong` when a header is missing, and `hook.out_of_time` when the
    /// time stamp is older than ``Limits/hookPatience``, lies in the future, or is none.
    package init(
        timestamp: String?, signature: String?, now: Timestamp
    ) throws(Failure) {
        guard let timestamp, let signature, signature.hasPrefix(Signature.scheme) else {
            throw Failure(
                .signatureWrong,
                "the call is not signed: send the headers Muster-Timestamp, in seconds since 1970, "
                    + "and Muster-Signature: \(Signature.scheme)DIGITS")
        }
        let age = Int64(timestamp).flatMap { seconds in
            (0..<100_000_000_000).contains(seconds)
                ? now - Timestamp(microseconds: seconds * 1_000_000) : nil
        }
        // The sender's second began up to a second ago; it never begins later than now.
        guard let age, age >= .zero, age <= Limits.hookPatience else {
            throw Failure(
                .outOfTime,
                "the time stamp '\(timestamp.prefix(20))' is not of the last "
                    + "\(Limits.hookPatience.text), and it is \(now) here; sign each call when "
                    + "it is made")
        }
        self.timestamp = timestamp
        digits = String(signature.dropFirst(Signature.scheme.count))
    }

    /// Raises `hook.signature_wrong` unless `secret` makes this signature of `body`.
    package func require(_ secret: String?, for body: [UInt8]) throws(Failure) {
        let right = Signature.of(body, at: timestamp, secret: secret ?? "")
        guard Signature.isSame(right, digits), secret != nil else {
            throw Failure(
                .signatureWrong,
                "the signature is not that of this body: sign Muster-Timestamp, a point and the "
                    + "body with the secret that `hooks` in muster.lua names")
        }
    }
}
