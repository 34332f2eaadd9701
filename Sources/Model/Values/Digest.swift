// SHA-256 of texts and bytes: names a chunk of source by what it says, links the journal's chain.
import SystemCrypto

enum SHA256 {
    /// Fetched once: libcrypto looks it up by name, under a lock, whenever it is not given.
    private nonisolated(unsafe) static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    /// Thirty-two bytes.
    static func bytes(of message: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { output, count in
            let done = EVP_Digest(
                message.baseAddress, message.count, output.baseAddress, nil, algorithm, nil)
            precondition(done == 1, "libcrypto has no SHA-256")
            count = 32
        }
    }
}

/// A SHA-256, written as 64 lower-case hexadecimal digits.
package struct Digest: Sendable, Hashable, Codable, CustomStringConvertible {
    package let description: String

    /// The digest of `text`'s UTF-8 bytes.
    package init(of text: String) {
        var copy = text
        self = copy.withUTF8 { Digest(of: UnsafeRawBufferPointer($0)) }
    }

    package init(of bytes: UnsafeRawBufferPointer) {
        let output = SHA256.bytes(of: bytes)
        let digits = Array("0123456789abcdef".utf8)
        description = String(
            decoding: output.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    /// A digest read back from where it was written; nil when `text` is not one.
    package init?(_ text: String) {
        guard text.utf8.count == 64, text.allSatisfy(\.isHexDigit) else { return nil }
        description = text
    }

    /// The first twelve digits, enough for a person to compare.
    package var short: String { String(description.prefix(12)) }
}
