// Sealed tables: what authors see of the globals and the namespaces. A sealed table is an empty one
// that stands in front of the real one; reading an unknown name raises with the nearest right
// spelling, writing any name raises.
#include "Interior.h"

#include <ctype.h>

enum { WORD_MAX = 40 };

static int smallest(int a, int b) { return a < b ? a : b; }

// Edits between two words without regard to case; a swap of neighbours is one edit.
static int globals_distance(const char *left, size_t left_count, const char *right,
                            size_t right_count) {
    int rows[WORD_MAX + 1][WORD_MAX + 1];
    for (size_t i = 0; i <= left_count; i++) rows[i][0] = (int)i;
    for (size_t j = 0; j <= right_count; j++) rows[0][j] = (int)j;
    for (size_t i = 1; i <= left_count; i++)
        for (size_t j = 1; j <= right_count; j++) {
            int a = tolower(left[i - 1]), b = tolower(right[j - 1]);
            int best = smallest(rows[i - 1][j], rows[i][j - 1]) + 1;
            best = smallest(best, rows[i - 1][j - 1] + (a != b));
            bool swap = i > 1 && j > 1 && a == tolower(right[j - 2]) && tolower(left[i - 2]) == b;
            rows[i][j] = swap ? smallest(best, rows[i - 2][j - 2] + 1) : best;
        }
    return rows[left_count][right_count];
}

// Pushes `; did you mean 'select'?`, or an empty text.
void globals_push_hint(lua_State *L, int table, const char *word) {
    size_t count = strlen(word);
    const char *best = NULL;
    int nearest = count < 6 ? 1 : (int)count / 3;
    table = lua_absindex(L, table);
    if (count > WORD_MAX) table = 0;
    lua_pushnil(L);
    while (table && lua_next(L, table)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING) continue;
        size_t length;
        const char *candidate = lua_tolstring(L, -1, &length);
        if (length > WORD_MAX) continue;
        int distance = globals_distance(word, count, candidate, length);
        bool ahead = distance == nearest && (!best || strcmp(candidate, best) < 0);
        if (distance > nearest || !(distance < nearest || ahead)) continue;
        best = candidate;
        nearest = distance;
    }
    if (!table) lua_pop(L, 1);
    if (best) lua_pushfstring(L, "; did you mean '%s'?", best);
    else lua_pushliteral(L, "");
}

static bool globals_is_gone(const char *name) {
    static const char *const gone[] = {
        "io", "package", "debug", "load", "loadfile", "loadstring", "dofile", "collectgarbage",
        "warn", "print", "setfenv", "getfenv", "unpack", NULL,
    };
    for (int index = 0; gone[index]; index++)
        if (strcmp(gone[index], name) == 0) return true;
    return false;
}

// (real table, key) The owner is the table's name: empty for the globals.
int globals_raise_unknown(lua_State *L, const char *owner) {
    if (lua_type(L, 2) != LUA_TSTRING) return 0;
    const char *name = lua_tostring(L, 2);
    if (*owner == 0 && globals_is_gone(name))
        return errors_raise(L, "lua.name_unknown", "'%s' is not there for runbooks", name);
    globals_push_hint(L, 1, name);
    const char *hint = lua_tostring(L, -1);
    if (*owner == 0)
        return errors_raise(L, "lua.name_unknown", "'%s' is not declared%s", name, hint);
    return errors_raise(L, "lua.name_unknown", "'%s.%s' does not exist%s", owner, name, hint);
}

static int globals_look_up(lua_State *L) {
    return globals_raise_unknown(L, lua_tostring(L, lua_upvalueindex(1)));
}

static int globals_raise_written(lua_State *L) {
    const char *owner = lua_tostring(L, lua_upvalueindex(1));
    lua_settop(L, 2);
    const char *name = luaL_tolstring(L, 2, NULL);
    if (*owner == 0)
        return errors_raise(L, "lua.name_unknown",
                            "'%s' is not declared: write 'local %s = …'", name, name);
    return errors_raise(L, "lua.name_unknown", "'%s.%s' cannot be written: '%s' is sealed", owner,
                        name, owner);
}

static int globals_length(lua_State *L) {
    lua_pushinteger(L, luaL_len(L, lua_upvalueindex(1)));
    return 1;
}

static int globals_pairs(lua_State *L) {
    order_push_pairs(L, lua_upvalueindex(1));
    return 3;
}

static void globals_set_closure(lua_State *L, int value, lua_CFunction function,
                                const char *field) {
    lua_pushvalue(L, value);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, field);
}

// What the prelude gave the table (`__call`) moves to the front.
static void globals_copy_metatable(lua_State *L, int from, int to) {
    lua_pushnil(L);
    while (lua_next(L, from)) {
        modules_guard(L, -1);
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, to);
    }
}

static void globals_make_strict(lua_State *L, int table, const char *name) {
    lua_createtable(L, 0, 1);
    lua_pushstring(L, name);
    lua_pushcclosure(L, globals_look_up, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, table);
}

// Pushes the sealed front of the table at `index`. With a name, unknown fields raise.
void globals_push_sealed(lua_State *L, int index, const char *name) {
    index = lua_absindex(L, index);
    lua_newtable(L);
    lua_createtable(L, 0, 8);
    int metatable = lua_gettop(L);
    if (lua_getmetatable(L, index)) {
        globals_copy_metatable(L, metatable + 1, metatable);
        lua_pop(L, 1);
    } else if (name) globals_make_strict(L, index, name);
    lua_pushvalue(L, index);
    lua_setfield(L, metatable, "__index");
    lua_pushstring(L, name ? name : "table");
    lua_pushcclosure(L, globals_raise_written, 1);
    lua_setfield(L, metatable, "__newindex");
    globals_set_closure(L, index, globals_length, "__len");
    globals_set_closure(L, index, globals_pairs, "__pairs");
    lua_pushboolean(L, 0);
    lua_setfield(L, metatable, "__metatable");
    lua_pushvalue(L, index);
    lua_rawsetp(L, metatable, KEY(KEY_SEALED));
    lua_setmetatable(L, -2);
}

// Pushes the table behind a sealed one; false, and nothing pushed, when it is not sealed.
bool globals_unseal(lua_State *L, int index) {
    if (!lua_getmetatable(L, index)) return false;
    if (lua_rawgetp(L, -1, KEY(KEY_SEALED)) == LUA_TTABLE) {
        lua_remove(L, -2);
        primitives_complete(L, -1);
        return true;
    }
    lua_pop(L, 2);
    return false;
}

static bool globals_is_sealed(lua_State *L, int index) {
    bool is_sealed = globals_unseal(L, index);
    if (is_sealed) lua_pop(L, 1);
    return is_sealed;
}

static void globals_seal_namespaces(lua_State *L, int globals) {
    lua_pushnil(L);
    while (lua_next(L, globals)) {
        bool is_named = lua_type(L, -2) == LUA_TSTRING;
        if (is_named && lua_istable(L, -1) && !globals_is_sealed(L, -1)) {
            modules_guard_fields(L, -1);
            globals_push_sealed(L, -1, lua_tostring(L, -2));
            lua_pushvalue(L, -3);
            lua_insert(L, -2);
            lua_rawset(L, globals);
        }
        lua_pop(L, 1);
    }
}

void globals_seal(lua_State *L) {
    lua_pushglobaltable(L);
    int globals = lua_gettop(L);
    lua_pushnil(L);
    lua_setfield(L, globals, "_G");
    modules_guard_fields(L, globals);
    globals_seal_namespaces(L, globals);
    globals_push_sealed(L, globals, "");
    lua_pushvalue(L, -1);
    lua_setfield(L, globals, "_G");
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pop(L, 1);
}
