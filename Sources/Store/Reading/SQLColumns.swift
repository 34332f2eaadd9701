// The columns of a row, read one behind the other in the order of the SELECT, to the nouns of
// Model. A text that no version of Muster has written is damage, and is reported with the column.
import Model

struct SQLColumns {
    private let row: SQLRow
    private var next: Int32 = 0

    init(_ row: SQLRow) { self.row = row }

    private mutating func take() -> Int32 {
        defer { next += 1 }
        return next
    }

    mutating func integer() -> Int64 { row.integer(take()) }

    mutating func optionalInteger() -> Int64? {
        let column = take()
        return row.isNull(column) ? nil : row.integer(column)
    }

    mutating func text() -> String { row.text(take()) }
    mutating func optionalText() -> String? { row.text(ifAny: take()) }

    mutating func instant() -> Timestamp { Timestamp(microseconds: integer()) }
    mutating func optionalInstant() -> Timestamp? { row.instant(ifAny: take()) }

    mutating func run() -> RunID { RunID(integer()) }
    mutating func optionalRun() -> RunID? { optionalInteger().map { RunID($0) } }

    /// The column's text, by a reader that knows which texts there are. Raises `store.damaged`.
    mutating func value<Result>(as read: (String) throws -> Result?) throws -> Result {
        let column = take()
        guard let text = row.text(ifAny: column), let value = try? read(text) else {
            let name = row.name(column)
            throw Failure(
                .storeDamaged, "column \(name) holds what no version of Muster has written",
                context: ["column": name, "text": row.text(ifAny: column) ?? "NULL"])
        }
        return value
    }

    /// The same for a column that may be NULL.
    mutating func optional<Result>(as read: (String) throws -> Result?) throws -> Result? {
        guard !row.isNull(next) else {
            next += 1
            return nil
        }
        return try value(as: read)
    }

    mutating func json() throws -> Value { try value { try Value(json: $0) } }

    /// Who wishes something of a run, why and since when; nil when nobody does.
    mutating func wish() -> RunWishMade? {
        let (by, reason, at) = (optionalText(), optionalText(), optionalInstant())
        return at.map { RunWishMade(by: by ?? "", reason: reason, at: $0) }
    }
}
