// Stock Lua by its plain C API, without sandbox, budget or journal.
#include "Peers.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stddef.h>

static void must(int code, int wanted) {
    if (code != wanted) __builtin_trap();
}

static int step(lua_State *state) { return lua_yield(state, lua_gettop(state)); }

/// A coroutine that calls `step` for ever, ready for its first resume.
static lua_State *looping(lua_State *state, const char *text) {
    lua_register(state, "step", step);
    lua_State *coroutine = lua_newthread(state);
    must(luaL_loadstring(coroutine, text), LUA_OK);
    return coroutine;
}

void peer_lua_yield(int times) {
    lua_State *state = luaL_newstate();
    lua_State *coroutine = looping(state, "while true do step() end");
    for (int number = 0, count; number < times; number++)
        must(lua_resume(coroutine, state, 0, &count), LUA_YIELD);
    lua_close(state);
}

void peer_lua_yield_values(int times) {
    lua_State *state = luaL_newstate();
    lua_State *coroutine = looping(
        state, "local options = { nic = 'nic0' } while true do step('web01', options) end");
    for (int number = 0, count; number < times; number++) {
        if (number > 0) lua_pushliteral(coroutine, "10.1.0.11");
        must(lua_resume(coroutine, state, number > 0, &count), LUA_YIELD);
        lua_getfield(coroutine, -1, "nic");
        if (!lua_tostring(coroutine, -1)) __builtin_trap();
        lua_settop(coroutine, 0);
    }
    lua_close(state);
}

void peer_lua_make_states(int times) {
    for (int number = 0; number < times; number++) {
        lua_State *state = luaL_newstate();
        luaL_openlibs(state);
        lua_close(state);
    }
}

void peer_lua_run(const char *text) {
    lua_State *state = luaL_newstate();
    luaL_openlibs(state);
    must(luaL_dostring(state, text), LUA_OK);
    lua_close(state);
}
