// pairs and next in an order that is the same in every process: numbers ascending, then texts by
// their bytes, then false and true. Keys without an order of their own (tables, functions) raise.
//
// A list is walked as Lua walks it, at no cost; at the first key out of line the keys that are left
// are sorted once. Fields removed on the way are left out.
#include "Interior.h"

#include <stdlib.h>

enum { COST_PER_KEY = 8, COST_PER_LOOK = 1 };

typedef struct order_key {
    int kind;  // its place among numbers, texts and booleans
    bool is_integer;
    lua_Integer integer;
    double number;
    const char *text;
    size_t count;
    uint64_t front;  // the first bytes of the text as one number: most comparisons end here
} order_key;

static uint64_t order_front(const char *text, size_t count) {
    uint64_t front = 0;
    memcpy(&front, text, count < sizeof front ? count : sizeof front);
    return __builtin_bswap64(front);
}

// False when the value on top has no order.
static bool order_read(lua_State *L, order_key *key) {
    *key = (order_key){0};
    switch (lua_type(L, -1)) {
        case LUA_TNUMBER:
            key->is_integer = lua_isinteger(L, -1);
            key->integer = lua_tointeger(L, -1);
            key->number = lua_tonumber(L, -1);
            return true;
        case LUA_TSTRING:
            key->kind = 1;
            key->text = lua_tolstring(L, -1, &key->count);
            key->front = order_front(key->text, key->count);
            return true;
        case LUA_TBOOLEAN:
            key->kind = 2;
            key->number = lua_toboolean(L, -1);
            return true;
        default: return false;
    }
}

static int order_compare(const void *left, const void *right) {
    const order_key *a = left, *b = right;
    if (a->kind != b->kind) return a->kind - b->kind;
    if (a->kind == 1) {
        if (a->front != b->front) return a->front < b->front ? -1 : 1;
        int order = memcmp(a->text, b->text, a->count < b->count ? a->count : b->count);
        return order != 0 ? order : (a->count > b->count) - (a->count < b->count);
    }
    if (a->is_integer && b->is_integer)
        return (a->integer > b->integer) - (a->integer < b->integer);
    // An integer may round to a float key next to it: the integer goes first.
    int order = (a->number > b->number) - (a->number < b->number);
    return order != 0 ? order : b->is_integer - a->is_integer;
}

static int order_raise(lua_State *L) {
    return luaL_error(L, "cannot walk over a table with a %s as key: its order is never the same",
                      luaL_typename(L, -1));
}

static bool order_is_walked(const order_key *key, lua_Integer walked) {
    return key->kind == 0 && key->is_integer && key->integer >= 1 && key->integer <= walked;
}

static size_t order_count(lua_State *L, int table) {
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) count++;
    return count;
}

static void order_push_key(lua_State *L, const order_key *key) {
    if (key->kind == 1) lua_pushlstring(L, key->text, key->count);
    else if (key->kind == 2) lua_pushboolean(L, key->number != 0);
    else if (key->is_integer) lua_pushinteger(L, key->integer);
    else lua_pushnumber(L, key->number);
}

// Pushes the list of the keys of `table` in order, without the integers 1 to `walked`.
static void order_push_sorted(lua_State *L, int table, lua_Integer walked) {
    size_t max = order_count(L, table), count = 0;
    budget_charge(L, (int64_t)max * COST_PER_KEY);
    order_key *keys = lua_newuserdatauv(L, max * sizeof *keys + 1, 0);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        if (!order_read(L, &keys[count])) order_raise(L);
        if (!order_is_walked(&keys[count], walked)) count++;
    }
    qsort(keys, count, sizeof *keys, order_compare);
    lua_createtable(L, (int)count, 0);
    for (size_t index = 0; index < count; index++) {
        order_push_key(L, &keys[index]);
        lua_rawseti(L, -2, (lua_Integer)index + 1);
    }
    lua_remove(L, -2);
}

// The next key of the sorted list after `*at` that still has a value: pushes key and value.
static bool order_advance(lua_State *L, int table, int sorted, lua_Integer *at) {
    while (lua_rawgeti(L, sorted, ++*at) != LUA_TNIL) {
        lua_pushvalue(L, -1);
        if (lua_rawget(L, table) != LUA_TNIL) return true;
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
    return false;
}

// Upvalues: the place among the sorted keys, and these, once the walk has left the list.
static int order_step(lua_State *L) {
    lua_settop(L, 2);
    lua_Integer at = lua_tointeger(L, lua_upvalueindex(1));
    if (lua_isnil(L, lua_upvalueindex(2))) {
        lua_Integer walked = lua_tointeger(L, 2);
        if (!lua_next(L, 1)) return 0;
        if (lua_tointeger(L, 2) == walked + 1 && lua_isinteger(L, 2)) return 2;
        lua_settop(L, 1);
        order_push_sorted(L, 1, walked);
        lua_replace(L, lua_upvalueindex(2));
    }
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(2));
    bool found = order_advance(L, 1, 2, &at);
    lua_pushinteger(L, at);
    lua_replace(L, lua_upvalueindex(1));
    return found ? 2 : 0;
}

void order_push_pairs(lua_State *L, int index) {
    primitives_complete(L, index);
    lua_pushvalue(L, index);
    lua_pushinteger(L, 0);
    lua_pushnil(L);
    lua_pushcclosure(L, order_step, 2);
    lua_insert(L, -2);
    lua_pushnil(L);
}

static int order_pairs_finish(lua_State *L, int status, lua_KContext unused) {
    (void)L, (void)status, (void)unused;
    return 3;
}

static int order_pairs(lua_State *L) {
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_callk(L, 1, 3, 0, order_pairs_finish);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    order_push_pairs(L, 1);
    return 3;
}

// The first key, without sorting the others: pushes key and value.
static bool order_push_first(lua_State *L, int table) {
    order_key best, key;
    bool found = false;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        budget_charge(L, COST_PER_LOOK);
        if (!order_read(L, &key)) order_raise(L);
        if (found && order_compare(&key, &best) >= 0) continue;
        best = key;
        found = true;
    }
    if (!found) return false;
    order_push_key(L, &best);
    lua_pushvalue(L, -1);
    lua_rawget(L, table);
    return true;
}

// The last walk by `next` is kept as {table, sorted keys, place}: pushes it and its keys, at 3 and
// 4. True when it stands at the key that is asked about.
static bool order_resume(lua_State *L, lua_Integer *at) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, KEY(KEY_TRAVERSAL)) != LUA_TTABLE) return false;
    lua_rawgeti(L, 3, 2);
    lua_rawgeti(L, 3, 3);
    *at = lua_tointeger(L, -1);
    lua_rawgeti(L, 4, *at);
    lua_rawgeti(L, 3, 1);
    bool same = lua_rawequal(L, -1, 1) && lua_rawequal(L, -2, 2);
    lua_settop(L, 4);
    return same;
}

static void order_begin(lua_State *L, lua_Integer *at) {
    order_key after, key;
    lua_settop(L, 2);
    if (!order_read(L, &after)) order_raise(L);
    lua_createtable(L, 3, 0);
    lua_pushvalue(L, 1);
    lua_rawseti(L, 3, 1);
    order_push_sorted(L, 1, 0);
    lua_pushvalue(L, 4);
    lua_rawseti(L, 3, 2);
    lua_pushvalue(L, 3);
    lua_rawsetp(L, LUA_REGISTRYINDEX, KEY(KEY_TRAVERSAL));
    lua_Integer low = 0, high = (lua_Integer)lua_rawlen(L, 4);
    while (low < high) {
        lua_Integer middle = (low + high) / 2;
        lua_rawgeti(L, 4, middle + 1);
        order_read(L, &key);
        lua_pop(L, 1);
        if (order_compare(&key, &after) <= 0) low = middle + 1;
        else high = middle;
    }
    *at = low;
}

static int order_next(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    bool found;
    if (lua_isnil(L, 2)) found = order_push_first(L, 1);
    else {
        lua_Integer at;
        if (!order_resume(L, &at)) order_begin(L, &at);
        found = order_advance(L, 1, 4, &at);
        lua_pushinteger(L, at);
        lua_rawseti(L, 3, 3);
    }
    if (found) return 2;
    lua_pushnil(L);
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, KEY(KEY_TRAVERSAL));
    return 1;
}

void order_open(lua_State *L) {
    lua_register(L, "pairs", order_pairs);
    lua_register(L, "next", order_next);
}
