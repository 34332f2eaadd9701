// What a chunk returned, its card, stays in the state; the functions in it are called by their
// path.
#include "Interior.h"

// Anchors a new root coroutine whose body will call the topmost `count` values of `L`.
static void card_begin(lua_State *L, int count) {
    clua_state *s = state_of(L);
    lua_State *root = lua_newthread(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, KEY(KEY_ROOT));
    lua_insert(L, -count - 1);
    budget_arm(root);
    luaL_checkstack(root, count + 2, "too many arguments");
    lua_pushcfunction(root, protect_body);
    lua_xmove(L, root, count);
    s->depth = 0;
    drive_push(s, root);
}

// (chunk*)
int card_prepare_chunk(lua_State *L) {
    modules_compile(L, *(chunk *)lua_touserdata(L, 1));
    state_of(L)->is_loading_card = true;
    card_begin(L, 1);
    return 0;
}

// (path) Pushes what the path leads to, or nil.
static void card_walk(lua_State *L, int path) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, KEY(KEY_CARD));
    for (lua_Integer step = 1; step <= (lua_Integer)lua_rawlen(L, path); step++) {
        if (!lua_istable(L, -1)) break;
        if (globals_unseal(L, -1)) lua_remove(L, -2);
        lua_rawgeti(L, path, step);
        lua_rawget(L, -2);
        lua_remove(L, -2);
    }
}

// Expects the path in `source` and the arguments in `input`, both JSON lists.
int card_prepare_call(lua_State *L) {
    clua_state *s = state_of(L);
    lua_settop(L, 0);
    decode_value(L, s->source.data, s->source.count);
    card_walk(L, 1);
    if (!lua_isfunction(L, -1)) {
        lua_pushlstring(L, s->source.data, s->source.count);
        return errors_raise(L, "lua.error", "the card has no function at %s", lua_tostring(L, -1));
    }
    int first = lua_gettop(L);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, KEY(KEY_INVOKE)) == LUA_TNIL) lua_pop(L, 1);
    else lua_insert(L, first);
    decode_elements(L, s->input.data, s->input.count);
    s->is_loading_card = false;
    card_begin(L, lua_gettop(L) - first + 1);
    return 0;
}

// (result) Writes what leaves the state.
int card_finish(lua_State *L) {
    clua_state *s = state_of(L);
    char fault[FAULT_MAX];
    lua_settop(L, 1);
    if (s->is_loading_card) {
        lua_pushvalue(L, 1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, KEY(KEY_CARD));
    }
    bytes_clear(&s->output);
    if (encode_value(L, 1, s->is_loading_card, &s->output, fault)) return 0;
    return errors_raise(L, "lua.result_invalid", "what was returned cannot leave Lua: %s", fault);
}
