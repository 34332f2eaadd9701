// os.time and os.date over the clock of the state, the time of the last answer. UTC, always: what
// the machine's clock or time zone says never enters.
#define _DEFAULT_SOURCE
#include "Interior.h"

#include <limits.h>
#include <time.h>

static lua_Integer clock_now(lua_State *L) {
    int64_t microseconds = state_of(L)->clock, seconds = microseconds / 1000000;
    return seconds - (microseconds % 1000000 < 0);
}

static int clock_field(lua_State *L, const char *name, int absent, int delta) {
    int is_integer, kind = lua_getfield(L, 1, name);
    lua_Integer value = lua_tointegerx(L, -1, &is_integer);
    lua_pop(L, 1);
    if (!is_integer) {
        if (kind != LUA_TNIL) luaL_error(L, "field '%s' is not an integer", name);
        if (absent < 0) luaL_error(L, "field '%s' missing in date table", name);
        return absent;
    }
    bool fits = value >= 0 ? value - delta <= INT_MAX : value >= INT_MIN + delta;
    if (!fits) luaL_error(L, "field '%s' is out-of-bound", name);
    return (int)(value - delta);
}

static void clock_set(lua_State *L, const char *name, int value) {
    lua_pushinteger(L, value);
    lua_setfield(L, 1, name);
}

// The fields are brought into their ranges, as the manual says.
static void clock_normalize(lua_State *L, const struct tm *date) {
    clock_set(L, "year", date->tm_year + 1900);
    clock_set(L, "month", date->tm_mon + 1);
    clock_set(L, "day", date->tm_mday);
    clock_set(L, "hour", date->tm_hour);
    clock_set(L, "min", date->tm_min);
    clock_set(L, "sec", date->tm_sec);
    clock_set(L, "yday", date->tm_yday + 1);
    clock_set(L, "wday", date->tm_wday + 1);
    lua_pushboolean(L, 0);
    lua_setfield(L, 1, "isdst");
}

static int clock_time(lua_State *L) {
    if (lua_isnoneornil(L, 1)) {
        lua_pushinteger(L, clock_now(L));
        return 1;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    struct tm date = {0};
    date.tm_year = clock_field(L, "year", -1, 1900);
    date.tm_mon = clock_field(L, "month", -1, 1);
    date.tm_mday = clock_field(L, "day", -1, 0);
    date.tm_hour = clock_field(L, "hour", 12, 0);
    date.tm_min = clock_field(L, "min", 0, 0);
    date.tm_sec = clock_field(L, "sec", 0, 0);
    time_t seconds = timegm(&date);
    clock_normalize(L, &date);
    lua_pushinteger(L, seconds);
    return 1;
}

// The stock function, the upvalue, in this very frame: told to say UTC, and given the time.
static int clock_date(lua_State *L) {
    const char *form = luaL_optstring(L, 1, "%c");
    budget_charge(L, (int64_t)strlen(form));
    lua_Integer seconds = luaL_opt(L, luaL_checkinteger, 2, clock_now(L));
    lua_settop(L, 2);
    lua_pushfstring(L, "!%s", *form == '!' ? form + 1 : form);
    lua_replace(L, 1);
    lua_pushinteger(L, seconds);
    lua_replace(L, 2);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void clock_open(lua_State *L) {
    luaL_requiref(L, "os", luaopen_os, 0);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, clock_time);
    lua_setfield(L, -2, "time");
    lua_getfield(L, -2, "date");
    lua_pushcclosure(L, clock_date, 1);
    lua_setfield(L, -2, "date");
    lua_setglobal(L, "os");
    lua_pop(L, 1);
}
