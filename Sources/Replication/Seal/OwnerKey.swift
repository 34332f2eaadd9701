// The owner's key: 32 bytes that never leave this type but into libcrypto. It is named by a digest,
// and prints as that name, whoever prints it and however.
import Model

package struct OwnerKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    static let bytesCount = 32
    let bytes: [UInt8]
    /// Names the key in records and messages: sixteen hexadecimal digits.
    package let id: String

    /// Raises `replication.key_invalid` unless there are 32 bytes.
    package init(bytes: [UInt8]) throws(Failure) {
        guard bytes.count == Self.bytesCount else {
            throw Failure(
                .keyInvalid, "an owner's key has \(Self.bytesCount) bytes, not \(bytes.count)")
        }
        self.bytes = bytes
        let named = Array("muster owner's key ".utf8) + bytes
        id = String(named.withUnsafeBytes { Digest(of: $0) }.description.prefix(16))
    }

    /// A new one, of the operating system's randomness.
    package static func random() -> OwnerKey {
        guard let key = try? OwnerKey(bytes: randomBytes(bytesCount)) else {
            preconditionFailure("a key is made of as many bytes as a key has")
        }
        return key
    }

    /// Seals a short text; `purpose` must be the same when it is opened.
    package func seal(_ text: String, for purpose: String) -> [UInt8] {
        Envelope.wrap(Array(text.utf8), under: bytes, for: purpose)
    }

    /// The text that was sealed; nil under another key, for another purpose, or when it is damaged.
    package func open(_ sealed: [UInt8], for purpose: String) -> String? {
        Envelope.unwrap(sealed, under: bytes, for: purpose)
            .flatMap { String(validating: $0, as: UTF8.self) }
    }

    package var description: String { "owner's key \(id)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

/// The keys this engine was given, by the names people call them.
package struct KeyRing: Sendable {
    private let named: [String: OwnerKey?]
    private let keys: [String: OwnerKey]

    /// A name without a key is one whose file could not be read.
    package init(_ named: [String: OwnerKey?] = [:]) {
        self.named = named
        keys = Dictionary(named.values.compactMap { $0 }.map { ($0.id, $0) }) { first, _ in first }
    }

    /// The key that people call so. Raises `name.unknown` with the nearest name, and
    /// `replication.key_missing` when the file of that name was no key.
    func key(named name: String) throws(Failure) -> OwnerKey {
        guard let known = named[name] else {
            throw Failure(
                .unknownName,
                "there is no owner's key '\(name)'\(Spelling.hint(for: name, among: named.keys)); "
                    + "`keys` in muster.lua names their files",
                context: ["key": name])
        }
        guard let key = known else {
            throw Failure(
                .keyMissing, "the owner's key '\(name)' could not be read from its file",
                context: ["key": name])
        }
        return key
    }

    /// Raises `replication.key_missing`.
    func key(_ id: String, for vm: String) throws(Failure) -> OwnerKey {
        if let key = keys[id] { return key }
        throw Failure(
            .keyMissing,
            "\(vm) is encrypted under the owner's key \(id), which is not at hand; give its key "
                + "file",
            context: ["vm": vm, "key": id])
    }
}
