// How a log is sealed: a key of its own, random, wrapped by the owner's and carried in the header.
// A record's payload is compressed, then sealed by AES-256-GCM; its nonce is the number of the
// record in the log, which no other payload under that key has, and never the offset on the disk,
// which comes again. Header and index together are covered by a last tag, under a nonce of its own;
// the index holds every record's head, so that nothing of a log can be changed, moved or left out.
//
//     nonce of a record           4 bytes of zero, the number of the record (8 bytes)
//     nonce of header and index   1, 3 bytes of zero, 8 bytes of zero
import Model

/// What it takes to write a sealed log, or to read one.
struct LogSeal: Sendable {
    static let wrappedBytes = Envelope.bytes(of: AuthenticatedCipher.keyBytes)
    private static let purpose = "log"
    private let key: [UInt8]
    /// How the disks that the log speaks of stand at the replica.
    let disks: DiskCipher

    /// A seal for a new log, and its key as the header carries it.
    static func make(owner: OwnerKey, disks: DiskCipher) -> (seal: LogSeal, wrapped: [UInt8]) {
        let key = randomBytes(AuthenticatedCipher.keyBytes)
        let wrapped = Envelope.wrap(key, under: owner.bytes, for: purpose)
        return (LogSeal(key: key, disks: disks), wrapped)
    }

    /// The seal of a log that is read; nil when its key was wrapped by another owner's.
    init?(wrapped: [UInt8], owner: OwnerKey, disks: DiskCipher) {
        guard let key = Envelope.unwrap(wrapped, under: owner.bytes, for: Self.purpose),
            key.count == AuthenticatedCipher.keyBytes
        else { return nil }
        self.init(key: key, disks: disks)
    }

    private init(key: [UInt8], disks: DiskCipher) {
        self.key = key
        self.disks = disks
    }

    func cipher(seals: Bool) -> AuthenticatedCipher { AuthenticatedCipher(key: key, seals: seals) }

    static func nonce(ofRecord number: Int) -> [UInt8] {
        var output = LogBytes()
        output.append(UInt32(0))
        output.append(Int64(number))
        return output.bytes
    }

    private static var nonceOfIndex: [UInt8] {
        [1] + [UInt8](repeating: 0, count: AuthenticatedCipher.nonceBytes - 1)
    }

    /// The tag of header and index.
    func tag(header: UnsafeRawBufferPointer, index: UnsafeRawBufferPointer) -> [UInt8] {
        cipher(seals: true).seal(
            UnsafeMutableRawBufferPointer(start: nil, count: 0), nonce: Self.nonceOfIndex,
            with: [header, index])
    }

    func isTag(
        _ tag: UnsafeRawBufferPointer, ofHeader header: UnsafeRawBufferPointer,
        index: UnsafeRawBufferPointer
    ) -> Bool {
        cipher(seals: false).open(
            UnsafeMutableRawBufferPointer(start: nil, count: 0), nonce: Self.nonceOfIndex,
            tag: tag, with: [header, index])
    }
}

/// What it takes to open the sealed logs of one protection.
struct LogOpening: Sendable {
    let owner: OwnerKey
    let disks: DiskCipher
}
