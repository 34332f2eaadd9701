// Versions as one file, for another lab:
//
//     muster bundle 1 LF
//     file NAME BYTES SHA256 LF  TEXT LF     once for each, in the order of the names
//     end COUNT SHA256 LF                    of all the bytes before this line
//
// It is valid when a writer would have written it: read and written again, it is the same bytes.
// So nothing stands in it but the texts and their names, and equal texts make equal bytes.
import Model

package struct Bundle: Sendable, Equatable {
    /// Texts by name.
    package var texts: [String: String]

    package init(texts: [String: String]) { self.texts = texts }

    private static let head = "muster bundle 1\n"

    package var bytes: [UInt8] {
        var bytes = Array(Self.head.utf8)
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            bytes += "file \(name) \(text.utf8.count) \(Digest(of: text))\n".utf8
            bytes += text.utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        let digest = bytes.withUnsafeBytes { Digest(of: $0) }
        bytes += "end \(texts.count) \(digest)\n".utf8
        return bytes
    }

    /// Names this content: the digest of its bytes.
    package var digest: Digest { bytes.withUnsafeBytes { Digest(of: $0) } }

    /// Raises `library.bundle_damaged` with the place and the reason.
    package init(bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Limits.bundleBytesMax else {
            throw Self.damage(at: 0, "it is larger than \(ByteCount(Int64(Limits.bundleBytesMax)))")
        }
        texts = [:]
        var reader = BundleReader(bytes: bytes)
        guard try reader.line() == Self.head.dropLast() else {
            throw Self.damage(at: 0, "it does not begin as a bundle does")
        }
        while case let words = try reader.words(), words.first != "end" {
            let (name, text) = try reader.file(words)
            guard texts.updateValue(text, forKey: name) == nil,
                texts.count <= Limits.importedFilesMax
            else { throw Self.damage(at: reader.position, "too many files, or '\(name)' twice") }
        }
        // What was read is right when it makes these very bytes: order, digests and the end too.
        guard self.bytes == bytes else {
            throw Self.damage(at: reader.position, "its end is not that of what stands before it")
        }
    }

    fileprivate static func damage(at position: Int, _ reason: String) -> Failure {
        Failure(
            .bundleDamaged,
            "the bundle is damaged at byte \(position): \(reason); nothing was imported",
            context: ["position": "\(position)"])
    }
}

/// Goes through the bytes of a bundle from the front; nothing is believed before it is counted.
private struct BundleReader {
    let bytes: [UInt8]
    var position = 0

    /// A line is short: a word, a name and two numbers.
    private static let lineBytesMax = 256

    mutating func line() throws(Failure) -> String {
        let end = min(bytes.count, position + Self.lineBytesMax)
        guard let feed = bytes[position..<end].firstIndex(of: UInt8(ascii: "\n")),
            let text = String(validating: bytes[position..<feed], as: UTF8.self)
        else { throw Bundle.damage(at: position, "there is no line") }
        position = feed + 1
        return text
    }

    mutating func words() throws(Failure) -> [String] {
        try line().split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    }

    /// The text that a line announces, by its size and digest.
    mutating func file(_ words: [String]) throws(Failure) -> (name: String, text: String) {
        guard words.count == 4, words[0] == "file", let count = Int(words[2]),
            count >= 0, count <= Limits.sourceBytesMax, (try? Name.checked(words[1], "file")) != nil
        else { throw Bundle.damage(at: position, "the line announces no file") }
        guard bytes.count - position > count, bytes[position + count] == UInt8(ascii: "\n"),
            let text = String(
                validating: bytes[position..<position + count], as: UTF8.self)
        else { throw Bundle.damage(at: position, "the text of '\(words[1])' is not whole") }
        guard Digest(of: text).description == words[3] else {
            throw Bundle.damage(at: position, "the text of '\(words[1])' has another digest")
        }
        position += count + 1
        return (words[1], text)
    }
}
