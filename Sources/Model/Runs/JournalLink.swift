// The chain that makes a journal tamper-evident: each entry carries the SHA-256 of the one before
// it and of itself.
//
//     link(n) = SHA-256( link(n-1) · run · sequence · at · kind · field(branch) · field(primitive)
//                        · field(payload) )
//     link(0) = 32 zero bytes, at the head of every branch
//
// Numbers are 8 bytes, little-endian; kind is one byte (0 intent, 1 result, 2 failure); a field is
// its length as such a number and its UTF-8 bytes. No two entries have the same bytes.

/// Thirty-two bytes that stand for an entry and all that came before it in its branch.
package struct JournalLink: Sendable, Hashable, CustomStringConvertible {
    package let bytes: [UInt8]

    package static let origin = JournalLink(bytes: [UInt8](repeating: 0, count: 32))

    /// A link read back from where it was written, of 32 bytes.
    package init(bytes: [UInt8]) {
        precondition(bytes.count == 32, "a link has 32 bytes")
        self.bytes = bytes
    }

    /// The link of `entry` when it follows the entry of this one.
    package func next(_ entry: JournalEntry) -> JournalLink {
        var message = bytes
        message.reserveCapacity(112 + entry.payload.utf8.count + entry.primitive.utf8.count)
        append(UInt64(bitPattern: entry.place.run.number), to: &message)
        append(UInt64(entry.place.sequence), to: &message)
        append(UInt64(bitPattern: entry.at.microseconds), to: &message)
        message.append(entry.kind == .intent ? 0 : entry.kind == .result ? 1 : 2)
        append(entry.place.branch.path, to: &message)
        append(entry.primitive, to: &message)
        append(entry.payload, to: &message)
        return JournalLink(bytes: message.withUnsafeBytes { SHA256.bytes(of: $0) })
    }

    private func append(_ number: UInt64, to message: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { message.append(contentsOf: $0) }
    }

    private func append(_ text: String, to message: inout [UInt8]) {
        append(UInt64(text.utf8.count), to: &message)
        message.append(contentsOf: text.utf8)
    }

    /// 64 lower-case hexadecimal digits.
    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
