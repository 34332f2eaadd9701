// How a replica's disks stand at rest: AES-256-XTS in units of 4 KiB, the tweak being the unit's
// number (8 bytes) and the disk's (4 bytes), little-endian. The same bytes at the same place give
// the same sealed bytes: blocks keep their size, and hashes, undo logs, points and comparisons work
// on sealed blocks as they do on open ones, without a key, and tell nothing of what is inside. A
// unit of zeros stays zeros, so that holes stay holes: who sees the image sees which units are
// empty, and which change.
import Model
import SystemCrypto

struct DiskCipher: Sendable {
    static let secretBytes = 64
    static let unitBytes = 4096
    private let secret: [UInt8]

    /// The cipher of a machine's disks: its secret is made of the owner's key and the machine's
    /// name (HMAC-SHA-512), so that whoever has the key can open a replica, whatever became of its
    /// record, and a machine that is protected again finds its old replica readable.
    init(owner: OwnerKey, vm: String) {
        let purpose = Array("disks of \(vm)".utf8)
        var secret = [UInt8](repeating: 0, count: Self.secretBytes)
        var count: UInt32 = 0
        let made = HMAC(
            EVP_sha512(), owner.bytes, Int32(owner.bytes.count), purpose, purpose.count, &secret,
            &count)
        precondition(made != nil && Int(count) == Self.secretBytes, "libcrypto refuses HMAC")
        self.init(secret: secret)
    }

    init(secret: [UInt8]) {
        precondition(secret.count == Self.secretBytes, "AES-256-XTS has two keys of 32 bytes")
        self.secret = secret
    }

    /// Seals or opens what stands at `offset`, a multiple of the unit, where it stands.
    func turn(
        _ buffer: UnsafeMutableRawBufferPointer, disk: Int, at offset: Int64, seals: Bool
    ) {
        precondition(offset % Int64(Self.unitBytes) == 0, "a unit is sealed as a whole")
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        check(EVP_CipherInit_ex(context, EVP_aes_256_xts(), nil, secret, nil, seals ? 1 : 0))
        for start in stride(from: 0, to: buffer.count, by: Self.unitBytes) {
            let end = min(start + Self.unitBytes, buffer.count)
            let unit = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end])
            if UnsafeRawBufferPointer(unit).isAllZero { continue }
            let number = (offset + Int64(start)) / Int64(Self.unitBytes)
            check(EVP_CipherInit_ex(context, nil, nil, nil, tweak(number, disk), -1))
            var count: Int32 = 0
            let bytes = unit.baseAddress!.assumingMemoryBound(to: UInt8.self)
            check(EVP_CipherUpdate(context, bytes, &count, bytes, Int32(unit.count)))
        }
    }

    private func tweak(_ unit: Int64, _ disk: Int) -> [UInt8] {
        var output = LogBytes()
        output.append(unit)
        output.append(UInt32(disk))
        output.append(UInt32(0))
        return output.bytes
    }

    private func check(_ status: Int32) {
        precondition(status == 1, "libcrypto refuses AES-256-XTS")
    }
}

extension [LogSource] {
    /// The same disks as the replica holds them.
    func sealed(_ seal: LogSeal?) -> [LogSource] {
        guard let seal else { return self }
        return enumerated().map { $1.sealed(by: seal.disks, disk: $0) }
    }
}

extension LogSource {
    fileprivate func sealed(by cipher: DiskCipher, disk: Int) -> LogSource {
        LogSource(
            size: size, extents: extents,
            read: { [read] offset, buffer in
                try read(offset, buffer)
                cipher.turn(buffer, disk: disk, at: offset, seals: true)
            }, known: known)
    }
}
