// The two ciphers: what is sealed opens again, and nothing else does.
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct CipherTests {
    private let cipher = DiskCipher(secret: Noise.bytes(64, seed: 9))

    private func turn(
        _ bytes: [UInt8], disk: Int = 0, at offset: Int64 = 0, seals: Bool
    ) -> [UInt8] {
        var bytes = bytes
        bytes.withUnsafeMutableBytes { cipher.turn($0, disk: disk, at: offset, seals: seals) }
        return bytes
    }

    @Test(arguments: [512, 4096, 4096 + 512, 65_536, 65_536 + 1024])
    func `a disk that was sealed opens, whatever the pieces`(_ count: Int) {
        let bytes = Noise.bytes(count, seed: 1)
        let sealed = turn(bytes, at: 8192, seals: true)
        #expect(sealed != bytes)
        #expect(turn(sealed, at: 8192, seals: false) == bytes)
        var inPieces: [UInt8] = []
        for start in stride(from: 0, to: count, by: 4096) {
            inPieces += turn(
                Array(bytes[start..<min(start + 4096, count)]), at: Int64(8192 + start),
                seals: true)
        }
        #expect(inPieces == sealed)
    }

    @Test func `equal blocks look different at different places, and equal at the same`() {
        let bytes = [UInt8](repeating: 65, count: 4096)
        let sealed = turn(bytes, seals: true)
        #expect(turn(bytes, seals: true) == sealed)
        #expect(turn(bytes, at: 4096, seals: true) != sealed)
        #expect(turn(bytes, disk: 1, seals: true) != sealed)
    }

    @Test func `a unit of zeros stays one, so that holes stay holes`() {
        let bytes = [UInt8](repeating: 0, count: 4096) + [UInt8](repeating: 1, count: 4096)
        let sealed = turn(bytes, seals: true)
        #expect(sealed[..<4096].allSatisfy { $0 == 0 })
        #expect(turn(sealed, seals: false) == bytes)
    }

    @Test func `each owner and each machine has disks of its own`() throws {
        let owners = try (1...2).map { try OwnerKey(bytes: Noise.bytes(32, seed: $0)) }
        var seen: Set<[UInt8]> = []
        for (owner, vm) in [(0, "web"), (0, "web"), (0, "sql"), (1, "web")] {
            var bytes = [UInt8](repeating: 65, count: 4096)
            bytes.withUnsafeMutableBytes {
                DiskCipher(owner: owners[owner], vm: vm).turn($0, disk: 0, at: 0, seals: true)
            }
            seen.insert(bytes)
        }
        #expect(seen.count == 3)
    }

    @Test func `AES-256-GCM gives the tag of the standard's test case`() {
        // Key, nonce and sixteen bytes of zero: test case 14 of the algorithm's submission.
        let key = [UInt8](repeating: 0, count: 32)
        var bytes = [UInt8](repeating: 0, count: 16)
        let tag = bytes.withUnsafeMutableBytes {
            AuthenticatedCipher(key: key, seals: true)
                .seal($0, nonce: [UInt8](repeating: 0, count: 12))
        }
        #expect(Hexadecimal.text(bytes) == "cea7403d4d606b6e074ec5d3baf39d18")
        #expect(Hexadecimal.text(tag) == "d0d1c8a799996bf0265b98b5d48ab919")
    }

    @Test func `an envelope opens under its key and for its purpose only`() {
        let (key, other) = (Noise.bytes(32, seed: 1), Noise.bytes(32, seed: 2))
        let secret = Noise.bytes(64, seed: 3)
        let envelope = Envelope.wrap(secret, under: key, for: "web")
        #expect(envelope.count == Envelope.bytes(of: 64))
        #expect(Envelope.unwrap(envelope, under: key, for: "web") == secret)
        #expect(Envelope.unwrap(envelope, under: other, for: "web") == nil)
        #expect(Envelope.unwrap(envelope, under: key, for: "sql") == nil)
        #expect(Envelope.wrap(secret, under: key, for: "web") != envelope)
        for place in envelope.indices {
            var damaged = envelope
            damaged[place] ^= 1
            #expect(Envelope.unwrap(damaged, under: key, for: "web") == nil)
        }
        #expect(Envelope.unwrap([], under: key, for: "web") == nil)
    }
}
