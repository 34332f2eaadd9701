// Keys come from files that nobody else may read, and are never told.
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct KeyFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ bytes: [UInt8], mode: Int = 0o600) throws -> String {
        try folder.write("key", bytes)
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: folder.path("key"))
        return folder.path("key")
    }

    @Test func `a key is 32 bytes, or 64 digits with or without an end of line`() throws {
        let bytes = Noise.bytes(32, seed: 1)
        let text = Hexadecimal.text(bytes)
        let raw = try KeyFile.read(try file(bytes))
        for form in [text, text + "\n", text.uppercased() + "\r\n"] {
            #expect(try KeyFile.read(try file(Array(form.utf8))).id == raw.id)
        }
        #expect(raw.id.count == 16)
        #expect(try OwnerKey(bytes: Noise.bytes(32, seed: 2)).id != raw.id)
    }

    @Test(arguments: [0, 31, 33, 63, 65, 66, 1000])
    func `a file of another length holds no key`(_ count: Int) throws {
        let path = try file([UInt8](repeating: 0x61, count: count))
        let failure = #expect(throws: Failure.self) { try KeyFile.read(path) }
        #expect(failure?.code == .keyInvalid)
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o660, 0o602])
    func `a key that others may read or write is refused`(_ mode: Int) throws {
        let path = try file(Noise.bytes(32, seed: 1), mode: mode)
        let failure = #expect(throws: Failure.self) { try KeyFile.read(path) }
        #expect(failure?.code == .keyExposed)
    }

    @Test func `a folder and a file that is not there are no keys`() throws {
        #expect(throws: Failure.self) { try KeyFile.read(folder.path("nothing")) }
        let failure = #expect(throws: Failure.self) { try KeyFile.read(folder.path) }
        #expect(failure?.code == .keyInvalid)
        #expect(throws: Failure.self) { try OwnerKey(bytes: [1, 2, 3]) }
    }

    @Test func `a key prints as its name, however it is printed`() throws {
        let bytes = [UInt8](repeating: 0xAB, count: 32)
        let key = try OwnerKey(bytes: bytes)
        var dumped = ""
        dump([key], to: &dumped)
        for text in ["\(key)", String(reflecting: key), "\([key])", dumped] {
            #expect(text.contains(key.id))
            #expect(!text.contains("171"), "\(text)")
            #expect(!text.lowercased().contains("abab"), "\(text)")
        }
    }
}
