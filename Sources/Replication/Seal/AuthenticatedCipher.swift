// AES-256-GCM by libcrypto: what it opens is what was sealed, or it says no.
import Model
import SystemCrypto

/// One key, one direction; not shared between threads.
final class AuthenticatedCipher {
    static let keyBytes = 32
    static let nonceBytes = 12
    static let tagBytes = 16

    private let context = EVP_CIPHER_CTX_new()
    private let seals: Bool

    init(key: [UInt8], seals: Bool) {
        precondition(key.count == Self.keyBytes, "AES-256 has keys of 32 bytes")
        self.seals = seals
        check(EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nil, seals ? 1 : 0))
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// Seals the buffer where it stands and returns the tag, which covers `parts` too.
    func seal(
        _ buffer: UnsafeMutableRawBufferPointer, nonce: [UInt8],
        with parts: [UnsafeRawBufferPointer] = []
    ) -> [UInt8] {
        precondition(seals)
        begin(nonce, parts)
        update(buffer)
        var left: Int32 = 0
        check(EVP_CipherFinal_ex(context, nil, &left))
        return [UInt8](unsafeUninitializedCapacity: Self.tagBytes) { tag, used in
            used = Self.tagBytes
            check(
                EVP_CIPHER_CTX_ctrl(
                    context, EVP_CTRL_AEAD_GET_TAG, Int32(used), tag.baseAddress))
        }
    }

    /// Opens the buffer where it stands; false when it is not what was sealed, and then its
    /// content is worth nothing.
    func open(
        _ buffer: UnsafeMutableRawBufferPointer, nonce: [UInt8], tag: UnsafeRawBufferPointer,
        with parts: [UnsafeRawBufferPointer] = []
    ) -> Bool {
        precondition(!seals && tag.count == Self.tagBytes)
        begin(nonce, parts)
        update(buffer)
        var copy = Array(tag)
        check(
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), &copy))
        var left: Int32 = 0
        return EVP_CipherFinal_ex(context, nil, &left) == 1
    }

    private func begin(_ nonce: [UInt8], _ parts: [UnsafeRawBufferPointer]) {
        precondition(nonce.count == Self.nonceBytes)
        check(EVP_CipherInit_ex(context, nil, nil, nil, nonce, -1))
        var count: Int32 = 0
        for part in parts where !part.isEmpty {
            let start = part.baseAddress?.assumingMemoryBound(to: UInt8.self)
            check(EVP_CipherUpdate(context, nil, &count, start, Int32(part.count)))
        }
    }

    private func update(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self),
            !buffer.isEmpty
        else { return }
        var count: Int32 = 0
        check(EVP_CipherUpdate(context, start, &count, start, Int32(buffer.count)))
    }

    private func check(_ status: Int32) {
        precondition(status == 1, "libcrypto refuses AES-256-GCM")
    }
}

/// A secret wrapped by a key: the nonce (12 bytes), the sealed secret, the tag (16 bytes).
enum Envelope {
    static func bytes(of secret: Int) -> Int {
        AuthenticatedCipher.nonceBytes + secret + AuthenticatedCipher.tagBytes
    }

    static func wrap(_ secret: [UInt8], under key: [UInt8], for purpose: String) -> [UInt8] {
        let nonce = randomBytes(AuthenticatedCipher.nonceBytes)
        var sealed = secret
        let tag = Array(purpose.utf8).withUnsafeBytes { purpose in
            sealed.withUnsafeMutableBytes {
                AuthenticatedCipher(key: key, seals: true).seal($0, nonce: nonce, with: [purpose])
            }
        }
        return nonce + sealed + tag
    }

    /// nil when it was wrapped by another key or for another purpose.
    static func unwrap(
        _ envelope: [UInt8], under key: [UInt8], for purpose: String
    ) -> [UInt8]? {
        guard envelope.count > bytes(of: 0) else { return nil }
        let nonce = Array(envelope.prefix(AuthenticatedCipher.nonceBytes))
        let tag = Array(envelope.suffix(AuthenticatedCipher.tagBytes))
        var secret = Array(envelope[nonce.count..<envelope.count - tag.count])
        let isRight = Array(purpose.utf8).withUnsafeBytes { purpose in
            tag.withUnsafeBytes { tag in
                secret.withUnsafeMutableBytes {
                    AuthenticatedCipher(key: key, seals: false)
                        .open($0, nonce: nonce, tag: tag, with: [purpose])
                }
            }
        }
        return isRight ? secret : nil
    }
}

/// From the operating system's source, through libcrypto.
func randomBytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
        precondition(RAND_bytes(buffer.baseAddress, Int32(count)) == 1, "there is no randomness")
        used = count
    }
}
