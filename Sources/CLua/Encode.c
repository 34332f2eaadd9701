// Lua to canonical JSON: keys sorted by their bytes, integers without a point, floats always with
// one. Tables are read raw. What has no JSON is refused with the way to it: functions, cycles, keys
// that are neither all text nor 1 to n, bytes that are not UTF-8, numbers that are not finite.
#include "Interior.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ENTRIES_NEAR = 12, BYTES_PER_COST = 16 };

// One step of the way from the root, for messages and to notice a cycle.
typedef struct trail {
    const struct trail *up;
    const void *table;
    const char *key;  // NULL: `index` counts
    lua_Integer index;
} trail;

typedef struct encoder {
    lua_State *L;
    bytes *to;
    char *fault;
    bool is_card;
    bool is_arguments;
} encoder;

typedef struct entry {
    const char *key;
    size_t count;
} entry;

static bool encode_any(encoder *e, int index, const trail *at, int depth);

static size_t encode_write_way(const encoder *e, const trail *at, char *text, size_t max) {
    if (!at) return 0;
    size_t used = encode_write_way(e, at->up, text, max);
    if (used >= max) return used;
    const char *form = !at->up && e->is_arguments ? "argument %lld" : at->key ? "%s%s" : "[%lld]";
    int count = at->key
        ? snprintf(text + used, max - used, form, used > 0 ? "." : "", at->key)
        : snprintf(text + used, max - used, form, (long long)at->index);
    return used + (size_t)count;
}

static bool encode_refuse(const encoder *e, const trail *at, const char *what) {
    char way[FAULT_MAX / 2] = "the value";
    encode_write_way(e, at, way, sizeof way);
    // A key may be no text, or have been cut in the middle of a character.
    size_t count = bytes_valid_prefix(way, strlen(way));
    snprintf(e->fault, FAULT_MAX, "%.*s %s", (int)count, way, what);
    return false;
}

static bool encode_text(encoder *e, int index, const trail *at) {
    size_t count;
    const char *text = lua_tolstring(e->L, index, &count);
    if (bytes_valid_prefix(text, count) < count) return encode_refuse(e, at, "is not UTF-8 text");
    size_t max = state_of(e->L)->settings.payload_max;
    if (count > max) return encode_refuse(e, at, "is too large to cross the border");
    budget_charge(e->L, (int64_t)(count / BYTES_PER_COST));
    bytes_add_json(e->to, text, count);
    return true;
}

static bool encode_number(encoder *e, int index, const trail *at) {
    if (lua_isinteger(e->L, index)) {
        bytes_add_integer(e->to, lua_tointeger(e->L, index));
        return true;
    }
    double number = lua_tonumber(e->L, index);
    if (!isfinite(number)) return encode_refuse(e, at, "is not a finite number");
    numbers_write_float(e->to, number);
    return true;
}

static bool encode_list(encoder *e, int index, lua_Integer count, const trail *at, int depth) {
    bytes_add_text(e->to, "[");
    for (lua_Integer item = 1; item <= count; item++) {
        if (item > 1) bytes_add_text(e->to, ",");
        lua_rawgeti(e->L, index, item);
        trail next = {at, NULL, NULL, item};
        if (!encode_any(e, lua_gettop(e->L), &next, depth + 1)) return false;
        lua_pop(e->L, 1);
    }
    bytes_add_text(e->to, "]");
    return true;
}

static int encode_compare(const void *left, const void *right) {
    const entry *a = left, *b = right;
    int order = memcmp(a->key, b->key, a->count < b->count ? a->count : b->count);
    return order != 0 ? order : (a->count > b->count) - (a->count < b->count);
}

static void encode_collect(encoder *e, int index, entry *entries) {
    lua_pushnil(e->L);
    while (lua_next(e->L, index)) {
        entries->key = lua_tolstring(e->L, -2, &entries->count);
        entries++;
        lua_pop(e->L, 1);
    }
}

static bool encode_fields(encoder *e, int index, const entry *entries, lua_Integer count,
                          const trail *at, int depth) {
    bytes_add_text(e->to, "{");
    for (lua_Integer field = 0; field < count; field++) {
        if (field > 0) bytes_add_text(e->to, ",");
        lua_pushlstring(e->L, entries[field].key, entries[field].count);
        trail next = {at, NULL, entries[field].key, 0};
        if (!encode_text(e, lua_gettop(e->L), &next)) return false;
        bytes_add_text(e->to, ":");
        lua_rawget(e->L, index);
        if (!encode_any(e, lua_gettop(e->L), &next, depth + 1)) return false;
        lua_pop(e->L, 1);
    }
    bytes_add_text(e->to, "}");
    return true;
}

static bool encode_object(encoder *e, int index, lua_Integer count, const trail *at, int depth) {
    entry near[ENTRIES_NEAR];
    entry *entries = near;
    if (count > ENTRIES_NEAR)
        entries = lua_newuserdatauv(e->L, (size_t)count * sizeof *entries, 0);
    encode_collect(e, index, entries);
    qsort(entries, (size_t)count, sizeof *entries, encode_compare);
    if (!encode_fields(e, index, entries, count, at, depth)) return false;
    if (count > ENTRIES_NEAR) lua_pop(e->L, 1);
    return true;
}

typedef struct shape {
    lua_Integer texts, items, last;
    bool strange;
} shape;

static shape encode_shape(lua_State *L, int index) {
    shape found = {0};
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING) found.texts++;
        else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) > 0) {
            found.items++;
            if (lua_tointeger(L, -1) > found.last) found.last = lua_tointeger(L, -1);
        } else found.strange = true;
    }
    return found;
}

static bool encode_table(encoder *e, int index, const trail *at, int depth) {
    lua_State *L = e->L;
    if (depth >= state_of(L)->settings.nesting_max)
        return encode_refuse(e, at, "is nested too deeply");
    const void *table = lua_topointer(L, index);
    for (const trail *up = at; up; up = up->up)
        if (up->table == table) return encode_refuse(e, at, "contains itself");
    trail here = at ? *at : (trail){0};
    here.table = table;
    shape found = encode_shape(L, index);
    budget_charge(L, 2 * (found.texts + found.items) + 2);
    if (found.strange) return encode_refuse(e, at, "has a key that is neither text nor a position");
    if (found.texts > 0 && found.items > 0)
        return encode_refuse(e, at, "has both named fields and positions");
    if (found.items != found.last) return encode_refuse(e, at, "is a list with a hole");
    const trail *way = at ? &here : NULL;
    if (found.items > 0) return encode_list(e, index, found.items, way, depth);
    return encode_object(e, index, found.texts, way, depth);
}

static bool encode_function(encoder *e, int index, const trail *at) {
    if (!e->is_card) return encode_refuse(e, at, "is a function, which cannot leave Lua");
    lua_Debug about;
    lua_pushvalue(e->L, index);
    lua_getinfo(e->L, ">S", &about);
    bytes_add_format(e->to, "{\"$function\":%d}", about.linedefined);
    return true;
}

static bool encode_any(encoder *e, int index, const trail *at, int depth) {
    lua_State *L = e->L;
    luaL_checkstack(L, 8, "value nested too deeply");
    if (e->to->count > state_of(L)->settings.payload_max)
        return encode_refuse(e, at, "makes the whole too large to cross the border");
    char kind[64];
    switch (lua_type(L, index)) {
        case LUA_TNIL: bytes_add_text(e->to, "null"); return true;
        case LUA_TBOOLEAN:
            bytes_add_text(e->to, lua_toboolean(L, index) ? "true" : "false");
            return true;
        case LUA_TNUMBER: return encode_number(e, index, at);
        case LUA_TSTRING: return encode_text(e, index, at);
        case LUA_TFUNCTION: return encode_function(e, index, at);
        case LUA_TTABLE: {
            bool is_sealed = globals_unseal(L, index);
            bool done = encode_table(e, is_sealed ? lua_gettop(L) : index, at, depth);
            if (done && is_sealed) lua_pop(L, 1);
            return done;
        }
        default:
            snprintf(kind, sizeof kind, "is a %s, which cannot leave Lua", luaL_typename(L, index));
            return encode_refuse(e, at, kind);
    }
}

bool encode_value(lua_State *L, int index, bool is_card, bytes *to, char fault[FAULT_MAX]) {
    encoder e = {L, to, fault, is_card, false};
    int top = lua_gettop(L);
    bool done = encode_any(&e, lua_absindex(L, index), NULL, 0);
    lua_settop(L, top);
    return done;
}

bool encode_arguments(lua_State *L, int count, bytes *to, char fault[FAULT_MAX]) {
    encoder e = {L, to, fault, false, true};
    bytes_add_text(to, "[");
    for (int index = 1; index <= count; index++) {
        if (index > 1) bytes_add_text(to, ",");
        trail at = {NULL, NULL, NULL, index};
        if (!encode_any(&e, index, &at, 1)) return false;
    }
    bytes_add_text(to, "]");
    return true;
}
