// Statements of the hot paths, by SQLite's own calls. GRDB compiles and keeps them; binding and
// stepping through it costs as much as the insert itself, which a group commit would feel. Finding
// a kept one by its text costs a hash of the text, so the hottest are held (`WriterMemory`).
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
    static func run(orNull id: RunID?) -> SQLValue { id.map { .run($0) } ?? .null }
    static func json(orNull value: Value?) -> SQLValue {
        value.map { .text($0.canonicalJSON) } ?? .null
    }
}

extension Database {
    /// Runs a statement that returns no rows; returns how many it changed.
    @discardableResult
    func run(_ sql: String, _ values: SQLValue...) throws -> Int {
        try run(cachedStatement(sql: sql), values)
    }

    /// The same, of a statement that was compiled before.
    @discardableResult
    func run(_ statement: Statement, _ values: [SQLValue]) throws -> Int {
        try bind(values, to: statement)
        defer { free(statement) }
        let code = sqlite3_step(statement.sqliteStatement)
        guard code == SQLITE_DONE else { throw fault(code, statement) }
        return Int(sqlite3_changes(sqliteConnection))
    }

    /// Runs a query and reads its first row; nil when it has none.
    func first<Result>(
        _ sql: String, _ values: SQLValue..., read: (SQLRow) throws -> Result
    ) throws -> Result? {
        let statement = try cachedStatement(sql: sql)
        try bind(values, to: statement)
        defer { free(statement) }
        return try step(statement).map(read)
    }

    /// Runs a query and reads all its rows.
    func all<Result>(
        _ sql: String, _ values: SQLValue..., read: (SQLRow) throws -> Result
    ) throws -> [Result] {
        try all(sql, values, read: read)
    }

    func all<Result>(
        _ sql: String, _ values: [SQLValue], read: (SQLRow) throws -> Result
    ) throws -> [Result] {
        let statement = try cachedStatement(sql: sql)
        try bind(values, to: statement)
        defer { free(statement) }
        var results: [Result] = []
        while let row = try step(statement) { results.append(try read(row)) }
        return results
    }

    /// The next row; nil after the last.
    private func step(_ statement: Statement) throws -> SQLRow? {
        switch sqlite3_step(statement.sqliteStatement) {
        case SQLITE_ROW: return SQLRow(statement: statement.sqliteStatement)
        case SQLITE_DONE: return nil
        case let code: throw fault(code, statement)
        }
    }

    private func bind(_ values: [SQLValue], to statement: Statement) throws {
        var index: Int32 = 0
        for value in values {
            index += 1
            let code = value.bind(at: index, to: statement.sqliteStatement)
            guard code == SQLITE_OK else { throw fault(code, statement) }
        }
    }

    /// Ends the statement's use of the database, and lets go of what was bound: payloads are large.
    private func free(_ statement: Statement) {
        sqlite3_reset(statement.sqliteStatement)
        sqlite3_clear_bindings(statement.sqliteStatement)
    }

    private func fault(_ code: Int32, _ statement: Statement) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(sqliteConnection)), sql: statement.sql)
    }
}

extension SQLValue {
    fileprivate func bind(at index: Int32, to statement: OpaquePointer) -> Int32 {
        switch self {
        case .integer(let number): sqlite3_bind_int64(statement, index, number)
        case .text(let text): Self.bind(text, at: index, to: statement)
        case .bytes(let bytes):
            sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), transient)
        case .null: sqlite3_bind_null(statement, index)
        }
    }

    private static func bind(
        _ text: String, at index: Int32, to statement: OpaquePointer
    ) -> Int32 {
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

    func name(_ column: Int32) -> String {
        sqlite3_column_name(statement, column).map { String(cString: $0) } ?? ""
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    func text(ifAny column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func instant(ifAny column: Int32) -> Timestamp? {
        isNull(column) ? nil : Timestamp(microseconds: integer(column))
    }
}

/// SQLite's `SQLITE_TRANSIENT`, a cast that Swift does not import: copy what is bound at once.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
