// table.*: every loop in C is billed before it begins, since a length may lie.
#include "Interior.h"

#include <limits.h>

enum { COST_PER_ITEM = 2, UNPACK_MAX = 200000 };

static lua_Integer tables_length(lua_State *L, int index) {
    luaL_checktype(L, index, LUA_TTABLE);
    return luaL_len(L, index);
}

static void tables_bill(lua_State *L, lua_Integer first, lua_Integer last) {
    lua_Unsigned count = first > last ? 0 : (lua_Unsigned)last - (lua_Unsigned)first + 1;
    budget_charge(L, count > INT_MAX ? INT64_MAX : (int64_t)count * COST_PER_ITEM);
}

static int tables_insert(lua_State *L) {
    lua_Integer end = (lua_Integer)((lua_Unsigned)tables_length(L, 1) + 1), at = end;
    int arguments = lua_gettop(L);
    if (arguments != 2 && arguments != 3)
        return luaL_error(L, "wrong number of arguments to 'insert'");
    if (arguments == 3) {
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)at - 1 < (lua_Unsigned)end, 2, "position out of bounds");
        tables_bill(L, at, end);
        for (lua_Integer index = end; index > at; index--) {
            lua_geti(L, 1, index - 1);
            lua_seti(L, 1, index);
        }
    }
    lua_seti(L, 1, at);
    return 0;
}

static int tables_remove(lua_State *L) {
    lua_Integer count = tables_length(L, 1), at = luaL_optinteger(L, 2, count);
    if (at != count)
        luaL_argcheck(L, (lua_Unsigned)at - 1 <= (lua_Unsigned)count, 1, "position out of bounds");
    lua_geti(L, 1, at);
    tables_bill(L, at, count);
    for (; at < count; at++) {
        lua_geti(L, 1, at + 1);
        lua_seti(L, 1, at);
    }
    lua_pushnil(L);
    lua_seti(L, 1, at);
    return 1;
}

static int tables_move(lua_State *L) {
    lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
    lua_Integer to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, target, LUA_TTABLE);
    lua_settop(L, 5);
    if (last >= first) {
        luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3,
                      "too many elements to move");
        lua_Integer count = last - first + 1;
        luaL_argcheck(L, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
        tables_bill(L, first, last);
        bool is_upward = to > last || to <= first || (target != 1 && !lua_rawequal(L, 1, target));
        for (lua_Integer step = 0; step < count; step++) {
            lua_Integer offset = is_upward ? step : count - 1 - step;
            lua_geti(L, 1, first + offset);
            lua_seti(L, target, to + offset);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static int tables_unpack(lua_State *L) {
    lua_Integer first = luaL_optinteger(L, 2, 1);
    lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
    if (first > last) return 0;
    lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first + 1;
    if (count - 1 >= UNPACK_MAX || !lua_checkstack(L, (int)count))
        return luaL_error(L, "too many results to unpack");
    tables_bill(L, first, last);
    for (lua_Unsigned step = 0; step < count; step++)
        lua_geti(L, 1, (lua_Integer)((lua_Unsigned)first + step));
    return (int)count;
}

static int tables_concat(lua_State *L) {
    size_t separator_count;
    lua_Integer count = tables_length(L, 1);
    const char *separator = luaL_optlstring(L, 2, "", &separator_count);
    lua_Integer at = luaL_optinteger(L, 3, 1), last = luaL_optinteger(L, 4, count);
    tables_bill(L, at, last);
    luaL_Buffer to;
    luaL_buffinit(L, &to);
    for (bool more = at <= last; more; at++) {
        if (lua_geti(L, 1, at) != LUA_TSTRING && !lua_isnumber(L, -1))
            return luaL_error(L, "invalid value (%s) at index %I in table for 'concat'",
                              luaL_typename(L, -1), (LUAI_UACINT)at);
        luaL_addvalue(&to);
        more = at < last;
        if (more) luaL_addlstring(&to, separator, separator_count);
    }
    luaL_pushresult(&to);
    return 1;
}

static const char sort_source[] = {
#embed "library/sort.lua"
};

void tables_open(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"insert", tables_insert}, {"remove", tables_remove}, {"move", tables_move},
        {"unpack", tables_unpack}, {"concat", tables_concat}, {NULL, NULL},
    };
    luaL_requiref(L, "table", luaopen_table, 1);
    luaL_setfuncs(L, functions, 0);
    modules_run_own(L, "(sort)", (clua_text){sort_source, sizeof sort_source}, 0);
    lua_setfield(L, -2, "sort");
    lua_pop(L, 1);
}
