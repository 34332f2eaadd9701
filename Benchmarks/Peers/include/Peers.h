// What the benchmarks run beside us where the peer is a library: the least loop in C that does the
// work. Every function traps when the library refuses; a benchmark has nothing to save.
#pragma once
#include <stdint.h>

/// A database in WAL with synchronous=FULL and one table of a journal's columns.
typedef struct peer_database peer_database;
peer_database *peer_database_open(const char *path);
/// Inserts rows, each in a transaction of its own.
void peer_database_insert(peer_database *database, int rows);
void peer_database_close(peer_database *database);

/// A coroutine that yields to C and is resumed, so many times.
void peer_lua_yield(int times);
/// The same with one short table of arguments read and one string answered.
void peer_lua_yield_values(int times);
/// Makes a state with all libraries and frees it, so many times.
void peer_lua_make_states(int times);
/// Runs a text to its end in a state with all libraries.
void peer_lua_run(const char *text);
