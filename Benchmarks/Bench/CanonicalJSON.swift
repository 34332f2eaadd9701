// The border's text: canonical JSON written and read, beside Foundation's JSON with sorted keys. A
// value the size of a primitive's arguments, many times.
import Foundation
import Model

enum CanonicalJSON {
    static var comparisons: [Comparison] { [writing, reading] }

    private static let count = 2_000

    private static let value: Value = .object([
        "vm": "sql01", "target": "bergen", "interval": 300, "points": 24, "quiesce": true,
        "disks": .list((0..<8).map { .object(["name": .text("disk\($0)"), "bytes": 68_719]) }),
        "first_copy": .object(["at": "22:00", "rate": .float(0.5)]),
    ])

    private static var writing: Comparison {
        let peer = foundation
        return Comparison(
            name: "canonical JSON, written", work: Double(count), unit: "values/s",
            peer: "JSONSerialization, sorted keys", wanted: 1,
            ours: { for _ in 0..<count { keep(value.canonicalJSON) } },
            theirs: {
                for _ in 0..<count {
                    keep(try JSONSerialization.data(withJSONObject: peer, options: .sortedKeys))
                }
            })
    }

    private static var reading: Comparison {
        let text = value.canonicalJSON
        let data = Data(text.utf8)
        return Comparison(
            name: "canonical JSON, read", work: Double(count), unit: "values/s",
            peer: "JSONSerialization", wanted: 1,
            ours: { for _ in 0..<count { keep(try Value(json: text)) } },
            theirs: { for _ in 0..<count { keep(try JSONSerialization.jsonObject(with: data)) } })
    }

    /// The same value as Foundation's objects.
    private static var foundation: Any {
        do {
            return try JSONSerialization.jsonObject(with: Data(value.canonicalJSON.utf8))
        } catch {
            preconditionFailure("canonical JSON is JSON: \(error)")
        }
    }
}

/// Lets a result count as used, so that the work for it is not left out.
@inline(never) private func keep<Result>(_ result: Result) {
    withExtendedLifetime(result) {}
}
