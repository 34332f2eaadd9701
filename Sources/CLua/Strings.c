// string.* and utf8.* but for the searches: what is linear in its text is billed, and no address is
// ever written.
#include "Interior.h"

enum { BYTES_PER_COST = 32, PIECES_PER_COST = 8 };

// The stock function as upvalue runs in this very frame, after its texts were billed.
static int strings_billed(lua_State *L) {
    size_t bytes = 0, count;
    for (int index = lua_gettop(L); index > 0; index--)
        if (lua_type(L, index) == LUA_TSTRING && lua_tolstring(L, index, &count)) bytes += count;
    budget_charge(L, (int64_t)(bytes / BYTES_PER_COST));
    memory_make_room(L, 2 * bytes);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int strings_rep(lua_State *L) {
    size_t text, separator;
    luaL_checklstring(L, 1, &text);
    lua_Integer count = luaL_checkinteger(L, 2);
    luaL_optlstring(L, 3, "", &separator);
    if (text + separator == 0 || count <= 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    size_t max = state_of(L)->memory_max;
    if ((size_t)count < max / (text + separator)) {
        budget_charge(L, count / PIECES_PER_COST);
        memory_make_room(L, 2 * (size_t)count * (text + separator));
    }
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

// Writes what `%s` would print into the arguments: never an address.
static void strings_prepare_argument(lua_State *L, char conversion, int index) {
    if (conversion == 'p')
        luaL_error(L, "'%%p' is refused: an address is never the same twice");
    if (conversion != 's' || index > lua_gettop(L) || lua_isstring(L, index)) return;
    size_t count;
    identity_text(L, index, &count);
    lua_replace(L, index);
}

static int strings_format(lua_State *L) {
    size_t count;
    const char *form = luaL_checklstring(L, 1, &count);
    int argument = 1;
    for (const char *at = form, *stop = at + count; at < stop; at++) {
        if (*at != '%') continue;
        at++;
        while (at < stop && *at && strchr("-+ #0123456789.", *at)) at++;
        if (at < stop && *at != '%') strings_prepare_argument(L, *at, ++argument);
    }
    return strings_billed(L);
}

// Replaces fields of the library table on top by `function` over the stock one.
static void strings_wrap(lua_State *L, lua_CFunction function, const char *const names[]) {
    for (; *names; names++) {
        lua_getfield(L, -1, *names);
        lua_pushcclosure(L, function, 1);
        lua_setfield(L, -2, *names);
    }
}

// Methods of strings live in a table of their own, which is not sealed: `err.code` of an error that
// is a text must be nil, not an error.
static void strings_open_methods(lua_State *L) {
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, -5)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

void strings_open(lua_State *L) {
    static const char *const billed[] = {
        "byte", "char", "len", "lower", "upper", "reverse", "sub", "pack", "packsize", "unpack",
        NULL,
    };
    static const char *const billed_utf8[] = {"char", "codepoint", "len", "offset", NULL};
    luaL_requiref(L, "string", luaopen_string, 1);
    lua_pushnil(L);
    lua_setfield(L, -2, "dump");
    search_open(L);
    strings_wrap(L, strings_billed, billed);
    strings_wrap(L, strings_format, (const char *const[]){"format", NULL});
    strings_wrap(L, strings_rep, (const char *const[]){"rep", NULL});
    strings_open_methods(L);
    lua_pop(L, 1);
    luaL_requiref(L, "utf8", luaopen_utf8, 1);
    strings_wrap(L, strings_billed, billed_utf8);
    lua_pop(L, 1);
    lua_pushglobaltable(L);
    strings_wrap(L, strings_billed, (const char *const[]){"tonumber", NULL});
    lua_pop(L, 1);
}
