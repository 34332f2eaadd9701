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

    private static func rate(_ work: () throws -> Void) async rethrows -> Double {
        Double(count) / (try await seconds { for _ in 0..<count { try work() } })
    }

    private static var writing: Comparison {
        Comparison(
            name: "canonical JSON, written", unit: .rate("values/s"), wanted: .ratio(1),
            ours: { await rate { keep(value.canonicalJSON) } },
            peer: Comparison.Peer(name: "JSONSerialization, sorted keys") {
                let value = try JSONSerialization.jsonObject(with: Data(value.canonicalJSON.utf8))
                return try await rate {
                    keep(try JSONSerialization.data(withJSONObject: value, options: .sortedKeys))
                }
            })
    }

    private static var reading: Comparison {
        let text = value.canonicalJSON
        let data = Data(text.utf8)
        return Comparison(
            name: "canonical JSON, read", unit: .rate("values/s"), wanted: .ratio(5),
            ours: { try await rate { keep(try Value(json: text)) } },
            peer: Comparison.Peer(name: "JSONSerialization") {
                try await rate { keep(try JSONSerialization.jsonObject(with: data)) }
            })
    }
}
