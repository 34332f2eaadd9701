// A protection as every command shows it.
import Model

extension Protection {
    var view: Value {
        [
            "vm": .text(vm), "key": .text(key), "state": .text(state.rawValue),
            "primary": .text(primary.description), "replica": .text(replica.description),
            "interval": .text(interval.rawValue), "points_kept": .integer(Int64(pointsKept)),
            "group": group.map { .text($0) } ?? .null,
            "excluded_disks": .list(excludedDisks.map { .text($0) }),
        ]
    }
}

extension Value {
    /// `web is suspended: oslo/web → bergen/web`
    var protectionLine: String {
        "\(word("key")) is \(word("state")): \(word("primary")) → \(word("replica"))"
    }
}
