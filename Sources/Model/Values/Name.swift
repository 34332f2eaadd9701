// What may be a name: it appears in folders, in Lua, in URLs and in reports.

package enum Name {
    /// Returns `text` when it can name a thing; raises `usage.invalid` otherwise.
    ///
    /// A name is 1 to 63 bytes of letters, digits, `-`, `_` and `.`, and starts with a letter or
    /// digit.
    @discardableResult
    package static func checked(_ text: String, _ what: String) throws(Failure) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        guard isPlain, let first = text.utf8.first, first != 0x2D, first != 0x2E, first != 0x5F,
            text.utf8.count <= Limits.nameBytesMax
        else {
            throw Failure(
                .usage,
                "'\(text)' cannot name a \(what): use up to \(Limits.nameBytesMax) letters, digits, "
                    + "'-', '_' and '.', starting with a letter or digit")
        }
        return text
    }
}
