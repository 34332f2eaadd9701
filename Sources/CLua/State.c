// Making a state: what authors find in it, and what they do not.
#include "Interior.h"

#include <stdlib.h>

enum { STRING_SHARE = 8, STATE_BYTES_MIN = 64 << 10 };

char registry_keys[KEY_COUNT];

static void state_remove(lua_State *L, const char *const names[]) {
    for (; *names; names++) {
        lua_pushnil(L);
        lua_setglobal(L, *names);
    }
}

static void state_seed_random(lua_State *L) {
    clua_state *s = state_of(L);
    luaL_requiref(L, "math", luaopen_math, 1);
    lua_getfield(L, -1, "randomseed");
    lua_pushinteger(L, (lua_Integer)s->settings.seed);
    lua_pushinteger(L, 0);
    lua_call(L, 2, 0);
    lua_pushnil(L);
    lua_setfield(L, -2, "randomseed");
    lua_pop(L, 1);
}

// A finalizer and a weak table would tell an author when the collector runs.
static int state_setmetatable(lua_State *L) {
    int kind = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, kind == LUA_TNIL || kind == LUA_TTABLE, 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    static const char *const refused[] = {"__gc", "__mode"};
    for (int index = 0; kind == LUA_TTABLE && index < 2; index++) {
        lua_pushstring(L, refused[index]);
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "'%s' is refused: it shows when memory is collected",
                              refused[index]);
        lua_pop(L, 1);
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

static int state_rawset(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    if (globals_unseal(L, 1)) return luaL_error(L, "a sealed table cannot be written");
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 1;
}

static void state_open_base(lua_State *L) {
    static const char *const gone[] = {
        "collectgarbage", "dofile", "load", "loadfile", "print", "warn", NULL,
    };
    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    lua_pop(L, 1);
    state_remove(L, gone);
    lua_register(L, "setmetatable", state_setmetatable);
    lua_register(L, "rawset", state_rawset);
}

static int state_open(lua_State *L) {
    state_open_base(L);
    errors_open(L);
    protect_open(L);
    identity_open(L);
    order_open(L);
    state_seed_random(L);
    coroutines_open(L);
    clock_open(L);
    tables_open(L);
    strings_open(L);
    modules_open(L);
    primitives_open(L);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    return 0;
}

static clua_state *state_allocate(const clua_settings *settings) {
    clua_state *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->settings = *settings;
    s->memory_max = settings->memory_max;
    s->string_max = settings->memory_max / STRING_SHARE;
    s->instructions_max = settings->instructions_max;
    s->clock = settings->start_microseconds;
    s->main = lua_newstate(memory_allocate, s);
    if (!s->main) return s;
    *(clua_state **)lua_getextraspace(s->main) = s;
    // Nothing of what is made until the seal is garbage.
    lua_gc(s->main, LUA_GCSTOP);
    return s;
}

clua_state *clua_open(const clua_settings *settings) {
    if (settings->memory_max < STATE_BYTES_MIN) return NULL;
    clua_state *s = state_allocate(settings);
    if (!s) return NULL;
    if (s->main && drive_protected(s, state_open, NULL)) return s;
    clua_close(s);
    return NULL;
}

void clua_close(clua_state *s) {
    s->running = NULL;
    if (s->main) lua_close(s->main);
    strands_free(s);
    free(s->chain);
    bytes *all[] = {&s->subject, &s->output, &s->input, &s->source,
                    &s->report,  &s->trace,  &s->cancel};
    for (size_t index = 0; index < sizeof all / sizeof *all; index++) bytes_free(all[index]);
    free(s);
}

static int state_run_prelude(lua_State *L) {
    modules_compile(L, *(chunk *)lua_touserdata(L, 1));
    primitives_push_border(L);
    lua_call(L, 1, 1);
    if (!lua_istable(L, -1)) return 0;
    if (lua_getfield(L, -1, "invoke") == LUA_TFUNCTION)
        lua_rawsetp(L, LUA_REGISTRYINDEX, KEY(KEY_INVOKE));
    return 0;
}

bool clua_run_prelude(clua_state *s, clua_text name, clua_text source) {
    return drive_protected(s, state_run_prelude, &(chunk){name, source, true});
}

static int state_seal(lua_State *L) {
    globals_seal(L);
    state_of(L)->is_sealed = true;
    lua_gc(L, LUA_GCRESTART);
    return 0;
}

bool clua_seal(clua_state *s) { return drive_protected(s, state_seal, NULL); }
