// tostring without addresses: tables, functions and coroutines are numbered by first sight.
#include "Interior.h"

static void identity_push_number(lua_State *L, int index) {
    clua_state *s = state_of(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, KEY(KEY_OBJECTS));
    lua_pushvalue(L, index);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_pushvalue(L, index);
        lua_pushinteger(L, ++s->objects);
        lua_rawset(L, -3);
        lua_pushinteger(L, s->objects);
    }
    lua_remove(L, -2);
}

static void identity_push_plain(lua_State *L, int index) {
    switch (lua_type(L, index)) {
        case LUA_TNIL:
        case LUA_TBOOLEAN:
        case LUA_TNUMBER:
        case LUA_TSTRING: luaL_tolstring(L, index, NULL); return;
        default: break;
    }
    bool is_named = luaL_getmetafield(L, index, "__name") == LUA_TSTRING;
    const char *kind = is_named ? lua_tostring(L, -1) : luaL_typename(L, index);
    identity_push_number(L, index);
    lua_pushfstring(L, "%s: %d", kind, (int)lua_tointeger(L, -1));
    lua_copy(L, -1, -3);
    lua_pop(L, 2);
}

static int identity_finish(lua_State *L, int status, lua_KContext unused) {
    (void)status, (void)unused;
    if (!lua_isstring(L, -1)) return luaL_error(L, "'__tostring' must return a string");
    return 1;
}

static int identity_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_callk(L, 1, 1, 0, identity_finish);
        return identity_finish(L, LUA_OK, 0);
    }
    identity_push_plain(L, 1);
    return 1;
}

// Pushes what tostring would return; `__tostring` runs where nothing can wait.
const char *identity_text(lua_State *L, int index, size_t *count) {
    index = lua_absindex(L, index);
    lua_pushcfunction(L, identity_tostring);
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
    return lua_tolstring(L, -1, count);
}

void identity_open(lua_State *L) {
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, KEY(KEY_OBJECTS));
    lua_register(L, "tostring", identity_tostring);
}
