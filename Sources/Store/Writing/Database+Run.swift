// Statements of the hot paths, by SQLite's own calls. GRDB compiles and keeps them; binding and
// stepping through it costs as much as the insert itself, which a group commit would feel.
import GRDB
import GRDBSQLite
import Model

enum SQLValue {
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    case null

    static func integer(_ number: Int) -> SQLValue { .integer(Int64(number)) }
    static func at(_ instant: Timestamp) -> SQLValue { .integer(instant.microseconds) }
    static func run(_ id: RunID) -> SQLValue { .integer(id.number) }

    static func text(orNull text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
    static func at(orNull instant: Timestamp?) -> SQLValue { instant.map { .at($0) } ?? .null }
    static func json(orNull value: Value?) -> SQLValue {
        value.map { .text($0.canonicalJSON) } ?? .null
    }
}

extension Database {
    /// Runs a statement that returns no rows; returns how many it changed.
    @discardableResult
    func run(_ sql: String, _ values: SQLValue...) throws -> Int {
        let statement = try bound(sql, values)
        defer { free(statement) }
        let code = sqlite3_step(statement)
        guard code == SQLITE_DONE else { throw fault(code, sql) }
        return Int(sqlite3_changes(sqliteConnection))
    }

    /// Runs a query and reads its first row; nil when it has none.
    func first<Result>(
        _ sql: String, _ values: SQLValue..., read: (SQLRow) throws -> Result
    ) throws -> Result? {
        let statement = try bound(sql, values)
        defer { free(statement) }
        return try step(statement, sql).map(read)
    }

    /// Runs a query and reads all its rows.
    func all<Result>(
        _ sql: String, _ values: SQLValue..., read: (SQLRow) throws -> Result
    ) throws -> [Result] {
        let statement = try bound(sql, values)
        defer { free(statement) }
        var results: [Result] = []
        while let row = try step(statement, sql) { results.append(try read(row)) }
        return results
    }

    /// The next row; nil after the last.
    private func step(_ statement: OpaquePointer, _ sql: String) throws -> SQLRow? {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return SQLRow(statement: statement)
        case SQLITE_DONE: return nil
        case let code: throw fault(code, sql)
        }
    }

    private func bound(_ sql: String, _ values: [SQLValue]) throws -> OpaquePointer {
        let statement = try cachedStatement(sql: sql).sqliteStatement
        for (index, value) in zip(Int32(1)..., values) {
            let code = bind(value, at: index, to: statement)
            guard code == SQLITE_OK else { throw fault(code, sql) }
        }
        return statement
    }

    private func bind(_ value: SQLValue, at index: Int32, to statement: OpaquePointer) -> Int32 {
        switch value {
        case .integer(let number): sqlite3_bind_int64(statement, index, number)
        case .text(let text): bind(text, at: index, to: statement)
        case .bytes(let bytes):
            sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), transient)
        case .null: sqlite3_bind_null(statement, index)
        }
    }

    private func bind(_ text: String, at index: Int32, to statement: OpaquePointer) -> Int32 {
        var copy = text
        return copy.withUTF8 { bytes in
            // The length is given, so that a text may hold a zero byte; no bytes are no NULL.
            bytes.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map {
                    sqlite3_bind_text(
                        statement, index, $0, Int32(characters.count), transient)
                } ?? sqlite3_bind_text(statement, index, "", 0, transient)
            }
        }
    }

    /// Ends the statement's use of the database, and lets go of what was bound: payloads are large.
    private func free(_ statement: OpaquePointer) {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }

    private func fault(_ code: Int32, _ sql: String) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(sqliteConnection)), sql: sql)
    }
}

/// The row a statement stands on, until it is stepped again; columns count from 0.
struct SQLRow {
    fileprivate let statement: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(statement, column)
        return UnsafeRawBufferPointer(
            start: start, count: Int(sqlite3_column_bytes(statement, column)))
    }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
}

/// SQLite's `SQLITE_TRANSIENT`, a cast that Swift does not import: copy what is bound at once.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
