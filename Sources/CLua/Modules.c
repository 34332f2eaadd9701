// Compiling. Library texts are compiled once in the process and kept as bytecode, which only this
// file makes and only this file loads; authors' chunks are text, always.
#include "Interior.h"

#include <pthread.h>
#include <stdlib.h>

enum { CACHE_MAX = 256 };

// Guarded by `cache_lock`; entries are never changed nor removed once they are in.
static struct cached {
    char *name, *source;
    size_t source_count;
    bytes code;
} cache[CACHE_MAX];
static int cache_count;
static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;

static const struct cached *modules_find(const char *name, clua_text source) {
    const struct cached *found = NULL;
    pthread_mutex_lock(&cache_lock);
    for (int index = 0; index < cache_count && !found; index++) {
        const struct cached *entry = &cache[index];
        bool same = entry->source_count == source.count && strcmp(entry->name, name) == 0
            && memcmp(entry->source, source.bytes, source.count) == 0;
        if (same) found = entry;
    }
    pthread_mutex_unlock(&cache_lock);
    return found;
}

static int modules_write(lua_State *L, const void *data, size_t count, void *to) {
    (void)L;
    bytes_add(to, data, count);
    return 0;
}

static void modules_keep(lua_State *L, const char *name, clua_text source) {
    struct cached entry = {strdup(name), malloc(source.count + 1), source.count, {0}};
    // The process itself is out of memory; the journal makes the next start safe.
    if (!entry.name || !entry.source) abort();
    memcpy(entry.source, source.bytes, source.count);
    lua_dump(L, modules_write, &entry.code, 0);
    pthread_mutex_lock(&cache_lock);
    bool kept = cache_count < CACHE_MAX;
    if (kept) cache[cache_count++] = entry;
    pthread_mutex_unlock(&cache_lock);
    if (kept) return;
    free(entry.name);
    free(entry.source);
    bytes_free(&entry.code);
}

// Lua's message begins with the chunk's short name and the line; the failure says it in `where`.
static int modules_raise_syntax(lua_State *L, const char *name) {
    const char *text = lua_tostring(L, -1);
    const char *at = strchr(text, ':');
    while (at && (at[1] < '0' || at[1] > '9')) at = strchr(at + 1, ':');
    char *stop = NULL;
    long line = at ? strtol(at + 1, &stop, 10) : 1;
    const char *message = at && strncmp(stop, ": ", 2) == 0 ? stop + 2 : text;
    lua_createtable(L, 0, 4);
    lua_pushliteral(L, "lua.syntax");
    lua_setfield(L, -2, "code");
    lua_pushstring(L, message);
    lua_setfield(L, -2, "message");
    lua_pushfstring(L, "%s:%d", name, (int)line);
    lua_setfield(L, -2, "where");
    errors_adorn(L, -1);
    return lua_error(L);
}

static int modules_finish(lua_State *L, int status, const char *name) {
    if (status == LUA_OK) return 1;
    if (status == LUA_ERRSYNTAX) return modules_raise_syntax(L, name);
    if (status == LUA_ERRRUN) {
        lua_pushliteral(L, ":1: blocks or expressions are nested too deeply");
        return modules_raise_syntax(L, name);
    }
    return lua_error(L);
}

// A mark some editors put in front, and a first line for the shell, are not Lua.
static clua_text modules_skip_front(clua_text source) {
    size_t skip = source.count >= 3 && memcmp(source.bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (skip < source.count && source.bytes[skip] == '#')
        while (skip < source.count && source.bytes[skip] != '\n') skip++;
    return (clua_text){source.bytes + skip, source.count - skip};
}

static void modules_compile_text(lua_State *L, const char *name, clua_text source) {
    if (source.count > 0 && source.bytes[0] == LUA_SIGNATURE[0]) {
        lua_pushfstring(L, ":1: this is bytecode; a chunk is text");
        modules_raise_syntax(L, name + 1);
    }
    source = modules_skip_front(source);
    int status = luaL_loadbufferx(L, source.bytes, source.count, name, "t");
    modules_finish(L, status, name + 1);
}

// Pushes the function of a chunk; raises `lua.syntax`.
void modules_compile(lua_State *L, chunk from) {
    lua_pushstring(L, from.trusted ? "=" : "@");
    lua_pushlstring(L, from.name.bytes, from.name.count);
    lua_concat(L, 2);
    const char *name = lua_tostring(L, -1);
    const struct cached *kept = from.trusted ? modules_find(name, from.source) : NULL;
    if (kept) {
        int status = luaL_loadbufferx(L, kept->code.data, kept->code.count, name, "b");
        modules_finish(L, status, name + 1);
    } else {
        modules_compile_text(L, name, from.source);
        if (from.trusted) modules_keep(L, name, from.source);
    }
    lua_remove(L, -2);
}

static int modules_call_own_finish(lua_State *L, int status, lua_KContext unused) {
    (void)status, (void)unused;
    return lua_gettop(L);
}

// A frame of C below a function of ours: `return plan { … }` would else replace the author's frame,
// and with it the line to blame.
static int modules_call_own(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, modules_call_own_finish);
    return lua_gettop(L);
}

// Puts the frame of C below the value at `index`, if it is a function of Lua.
void modules_guard(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (!lua_isfunction(L, index) || lua_iscfunction(L, index)) return;
    lua_pushvalue(L, index);
    lua_pushcclosure(L, modules_call_own, 1);
    lua_replace(L, index);
}

void modules_guard_fields(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        modules_guard(L, -1);
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        // An existing field may be assigned while the table is walked.
        lua_rawset(L, index);
    }
}

static int modules_guard_module(lua_State *L) {
    if (lua_istable(L, 1)) modules_guard_fields(L, 1);
    return 0;
}

// Runs a chunk of our own with the topmost `arguments`; leaves the function it returns.
void modules_run_own(lua_State *L, const char *name, clua_text source, int arguments) {
    modules_compile(L, (chunk){{name, strlen(name)}, source, true});
    lua_insert(L, -arguments - 1);
    lua_call(L, arguments, 1);
    modules_guard(L, -1);
}

static int modules_fetch_finish(lua_State *L, int status, lua_KContext unused) {
    (void)status, (void)unused;
    clua_state *s = state_of(L);
    budget_stop_if_killed(L);
    if (s->cancelled == CANCEL_PENDING) return budget_raise_cancelled(L);
    if (s->answer == ANSWER_FAILURE) return errors_raise_input(L, &s->input);
    clua_text name = {s->input.data, s->input.count}, source = {s->source.data, s->source.count};
    modules_compile(L, (chunk){name, source, s->provides_trusted});
    budget_charge(L, (int64_t)source.count);
    bytes_clear(&s->source);
    if (!s->provides_trusted) return 1;
    lua_pushcfunction(L, modules_guard_module);
    return 2;
}

// Asks the host for the text of a module; returns its function, and for a library's what guards it.
static int modules_fetch(lua_State *L) {
    clua_state *s = state_of(L);
    size_t count;
    const char *name = luaL_checklstring(L, 1, &count);
    if (!lua_isyieldable(L)) return luaL_error(L, "cannot require inside a metamethod");
    if (bytes_valid_prefix(name, count) < count) return luaL_error(L, "the name is not UTF-8");
    bytes_set(&s->subject, (clua_text){name, count});
    frames_author(s, L, &s->position);
    s->answer = ANSWER_NONE;
    s->request = REQUEST_MODULE;
    return lua_yieldk(L, 0, 0, modules_fetch_finish);
}

static const char require_source[] = {
#embed "library/require.lua"
};

void modules_open(lua_State *L) {
    lua_pushcfunction(L, modules_fetch);
    modules_run_own(L, "(require)", (clua_text){require_source, sizeof require_source}, 1);
    lua_setglobal(L, "require");
}
