// pcall, xpcall and error as authors know them, and the body below which all their code runs.
//
// The body takes the report where the error happens, before anything is unwound; the variables
// declared `<close>` are closed afterwards, inside the coroutine, and may call primitives.
#include "Interior.h"

static bool protect_is_error(int status) { return status != LUA_OK && status != LUA_YIELD; }

// Kills are not caught: whoever catches one yields for ever.
static void protect_refuse_kill(lua_State *L, int status) {
    clua_state *s = state_of(L);
    s->is_in_hook = false;
    if (status == LUA_ERRMEM || (protect_is_error(status) && memory_is_lost(s)))
        budget_kill(s, L, KILL_MEMORY);
    budget_stop_if_killed(L);
    s->keeps_report = false;
}

static int protect_finish(lua_State *L, int status, lua_KContext below) {
    protect_refuse_kill(L, status);
    if (!protect_is_error(status)) return lua_gettop(L) - (int)below;
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
}

static int protect_pcall(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, protect_finish);
    return protect_finish(L, status, 0);
}

// (error) Calls the author's handler, unless the budget has raised.
static int protect_handle(lua_State *L) {
    clua_state *s = state_of(L);
    if (s->killed != KILL_NONE || s->is_in_hook) return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

static int protect_xpcall(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, protect_handle, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    int status = lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, protect_finish);
    return protect_finish(L, status, 2);
}

static int protect_error(lua_State *L) {
    int level = (int)luaL_optinteger(L, 2, 1);
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING && level > 0) {
        luaL_where(L, level);
        lua_pushvalue(L, 1);
        lua_concat(L, 2);
        return lua_error(L);
    }
    if (lua_istable(L, 1) && !lua_getmetatable(L, 1)) {
        lua_pushliteral(L, "code");
        if (lua_rawget(L, 1) == LUA_TSTRING) errors_adorn(L, 1);
    }
    lua_settop(L, 1);
    return lua_error(L);
}

// Called where the error happens, with the stack still whole. An error that comes out of a
// coroutine unchanged has its report already.
int protect_message(lua_State *L) {
    clua_state *s = state_of(L);
    if (s->killed != KILL_NONE) return 1;
    if (!s->keeps_report) {
        frames_author(s, L, &s->position);
        bytes_clear(&s->trace);
        frames_trace(s, L, &s->trace);
        errors_report(L, 1);
    }
    lua_pushvalue(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, KEY(KEY_LAST_ERROR));
    return 1;
}

static int protect_body_finish(lua_State *L, int status, lua_KContext unused) {
    (void)unused;
    protect_refuse_kill(L, status);
    if (!protect_is_error(status)) return lua_gettop(L) - 1;
    lua_rawgetp(L, LUA_REGISTRYINDEX, KEY(KEY_LAST_ERROR));
    bool is_reported = lua_rawequal(L, -1, -2);
    lua_pop(L, 1);
    // A `__close` raised an error of its own while the first one was on its way.
    if (!is_reported) errors_report(L, -1);
    return lua_error(L);
}

// The function that every coroutine starts with: calls the function below it with the arguments.
int protect_body(lua_State *L) {
    lua_pushcfunction(L, protect_message);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, protect_body_finish);
    return protect_body_finish(L, status, 0);
}

void protect_open(lua_State *L) {
    lua_register(L, "pcall", protect_pcall);
    lua_register(L, "xpcall", protect_xpcall);
    lua_register(L, "error", protect_error);
}
