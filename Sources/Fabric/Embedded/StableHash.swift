// A hash that is the same in every process and on every day, unlike Swift's own.

enum StableHash {
    /// FNV-1a: any spread will do where it is used.
    static func fnv1a(_ text: String) -> UInt32 {
        text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
