// Texts that were decoded of late. Reading a text again costs little, decoding it again much: where
// it is what it was, to the byte, what it said is taken from here. Nothing can be outdated.

package final class DecodedTexts<Text: Equatable & Sendable, Content: Sendable>: Sendable {
    private let known = Locked<[String: (text: Text, content: Content)]>([:])

    package init() {}

    /// What the text says; decoded unless it is the one that was last seen under that key.
    package func content(
        of text: Text, under key: String, decode: () throws -> Content
    ) rethrows -> Content {
        if let seen = known.withLock({ $0[key] }), seen.text == text { return seen.content }
        let content = try decode()
        keep(content, of: text, under: key)
        return content
    }

    package func keep(_ content: Content, of text: Text, under key: String) {
        known.withLock { known in
            if known.count >= Limits.decodedTextsMax { known = [:] }
            known[key] = (text, content)
        }
    }
}
