// From columns to the nouns of Model. A text that is not what the schema's writer put there is
// damage, and is reported as such, with the column.
import GRDB
import Model

extension Row {
    /// The column's text, by a reader that knows which texts there are. Raises `store.damaged`.
    func value<Result>(_ column: String, as read: (String) throws -> Result?) throws -> Result {
        guard let text = self[column] as String?, let value = try? read(text) else {
            throw Failure(
                .storeDamaged, "column \(column) holds what no version of Muster has written",
                context: ["column": column, "text": self[column] as String? ?? "NULL"])
        }
        return value
    }

    /// The same for a column that may be NULL.
    func optional<Result>(_ column: String, as read: (String) throws -> Result?) throws -> Result? {
        self[column] == nil ? nil : try value(column, as: read)
    }

    func instant(_ column: String) -> Timestamp { Timestamp(microseconds: self[column]) }

    func optionalInstant(_ column: String) -> Timestamp? {
        (self[column] as Int64?).map { Timestamp(microseconds: $0) }
    }

    func optionalJSON(_ column: String) throws -> Model.Value? {
        try optional(column) { try Model.Value(json: $0) }
    }

    func run(_ column: String) -> RunID { RunID(self[column] as Int64) }

    func optionalRun(_ column: String) -> RunID? { (self[column] as Int64?).map { RunID($0) } }
}
