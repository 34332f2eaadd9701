// coroutine.*, with the meaning the manual gives it. Resuming and yielding go through the driver,
// so that primitives pass through an author's coroutines at any depth. Every coroutine runs its
// function in a body, so an error closes its `<close>` variables at once, where they can still
// wait.
#include "Interior.h"

enum { RESUME_COST = 100, CLOSING_DEPTH_MAX = 8 };

static lua_State *coroutines_check(lua_State *L, int index) {
    lua_State *co = lua_tothread(L, index);
    luaL_argexpected(L, co, index, "coroutine");
    return co;
}

static const char *coroutines_state(lua_State *L, lua_State *co) {
    if (L == co) return "running";
    if (drive_holds(state_of(L), co)) return "normal";
    switch (lua_status(co)) {
        case LUA_YIELD: return "suspended";
        case LUA_OK: return lua_gettop(co) == 0 ? "dead" : "suspended";
        default: return "dead";
    }
}

static int coroutines_create(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    budget_arm(co);
    lua_pushcfunction(co, protect_body);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int coroutines_resume_finish(lua_State *L, int status, lua_KContext below) {
    (void)status;
    clua_state *s = state_of(L);
    budget_stop_if_killed(L);
    s->keeps_report = false;
    lua_pushboolean(L, !s->outcome_failed);
    lua_insert(L, (int)below + 1);
    return lua_gettop(L) - (int)below;
}

static int coroutines_wrap_finish(lua_State *L, int status, lua_KContext below) {
    (void)status;
    clua_state *s = state_of(L);
    budget_stop_if_killed(L);
    if (!s->outcome_failed) return lua_gettop(L) - (int)below;
    s->keeps_report = true;
    return lua_error(L);
}

// Asks the driver to resume `co` with the topmost `count` values; an error text when it cannot.
static const char *coroutines_request(lua_State *L, lua_State *co, int count) {
    clua_state *s = state_of(L);
    const char *state = coroutines_state(L, co);
    if (strcmp(state, "dead") == 0) return "cannot resume dead coroutine";
    if (strcmp(state, "suspended") != 0) return "cannot resume non-suspended coroutine";
    if (!lua_isyieldable(L)) return "cannot resume a coroutine inside a metamethod or close";
    if (!lua_checkstack(co, count + 4)) return "too many arguments to resume";
    budget_charge(L, RESUME_COST + s->depth);
    lua_xmove(L, co, count);
    s->request = REQUEST_RESUME;
    s->target = co;
    s->target_arguments = count;
    return NULL;
}

static int coroutines_resume(lua_State *L) {
    lua_State *co = coroutines_check(L, 1);
    const char *fault = coroutines_request(L, co, lua_gettop(L) - 1);
    if (!fault) return lua_yieldk(L, 0, 1, coroutines_resume_finish);
    lua_pushboolean(L, 0);
    lua_pushstring(L, fault);
    return 2;
}

static int coroutines_call_wrapped(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    const char *fault = coroutines_request(L, co, lua_gettop(L));
    if (!fault) return lua_yieldk(L, 0, 0, coroutines_wrap_finish);
    return luaL_error(L, "%s", fault);
}

static int coroutines_wrap(lua_State *L) {
    coroutines_create(L);
    lua_pushcclosure(L, coroutines_call_wrapped, 1);
    return 1;
}

static int coroutines_yield(lua_State *L) {
    clua_state *s = state_of(L);
    if (s->depth <= 1) return luaL_error(L, "attempt to yield from outside a coroutine");
    if (!lua_isyieldable(L)) return luaL_error(L, "attempt to yield across a C-call boundary");
    s->request = REQUEST_YIELD;
    return lua_yield(L, lua_gettop(L));
}

static int coroutines_status(lua_State *L) {
    lua_pushstring(L, coroutines_state(L, coroutines_check(L, 1)));
    return 1;
}

static int coroutines_running(lua_State *L) {
    lua_pushthread(L);
    lua_pushboolean(L, state_of(L)->chain[0] == L);
    return 2;
}

static int coroutines_isyieldable(lua_State *L) {
    lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    lua_pushboolean(L, co != state_of(L)->chain[0] && lua_isyieldable(co));
    return 1;
}

// Closing runs `__close` in C, where nothing can wait: a primitive in there raises.
static int coroutines_close(lua_State *L) {
    clua_state *s = state_of(L);
    lua_State *co = coroutines_check(L, 1);
    const char *state = coroutines_state(L, co);
    if (strcmp(state, "suspended") != 0 && strcmp(state, "dead") != 0)
        return luaL_error(L, "cannot close a %s coroutine", state);
    if (s->closing >= CLOSING_DEPTH_MAX)
        return luaL_error(L, "coroutines close each other too deeply");
    s->closing++;
    lua_State *before = s->running;
    s->running = co;
    int status = lua_resetthread(co);
    s->running = before;
    s->closing--;
    s->is_in_hook = false;
    budget_stop_if_killed(L);
    lua_pushboolean(L, status == LUA_OK);
    if (status == LUA_OK) return 1;
    lua_xmove(co, L, 1);
    return 2;
}

void coroutines_open(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"create", coroutines_create},   {"resume", coroutines_resume},
        {"wrap", coroutines_wrap},       {"yield", coroutines_yield},
        {"status", coroutines_status},   {"running", coroutines_running},
        {"close", coroutines_close},     {"isyieldable", coroutines_isyieldable},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
    lua_setglobal(L, "coroutine");
}
