// The floor under every durable step: SQLite itself, one row a transaction.
#include "Peers.h"
#include <sqlite3.h>
#include <stdlib.h>

struct peer_database {
    sqlite3 *connection;
    sqlite3_stmt *insert;
    int64_t position;
};

static void must(int code, int wanted) {
    if (code != wanted) __builtin_trap();
}

peer_database *peer_database_open(const char *path) {
    peer_database *database = calloc(1, sizeof *database);
    must(sqlite3_open(path, &database->connection), SQLITE_OK);
    must(
        sqlite3_exec(
            database->connection,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE journal (run INTEGER, branch TEXT, position INTEGER, kind TEXT,"
            "  primitive TEXT, payload TEXT, at INTEGER, link BLOB,"
            "  PRIMARY KEY (run, branch, position)) STRICT, WITHOUT ROWID",
            NULL, NULL, NULL),
        SQLITE_OK);
    must(
        sqlite3_prepare_v2(
            database->connection, "INSERT INTO journal VALUES (1, 'main', ?, 'intent', ?, ?, ?, ?)",
            -1, &database->insert, NULL),
        SQLITE_OK);
    return database;
}

void peer_database_insert(peer_database *database, int rows) {
    static const char link[32];
    sqlite3_stmt *insert = database->insert;
    for (int row = 0; row < rows; row++) {
        sqlite3_bind_int64(insert, 1, ++database->position);
        sqlite3_bind_text(insert, 2, "bench.step", -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 3, "[1000]", -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 4, 1800000000000000 + row);
        sqlite3_bind_blob(insert, 5, link, sizeof link, SQLITE_STATIC);
        must(sqlite3_step(insert), SQLITE_DONE);
        must(sqlite3_reset(insert), SQLITE_OK);
    }
}

void peer_database_close(peer_database *database) {
    sqlite3_finalize(database->insert);
    must(sqlite3_close(database->connection), SQLITE_OK);
    free(database);
}
