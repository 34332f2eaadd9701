// The functions of the border: each call of a primitive is one yield out and one answer in. And
// `border`, what a prelude is given to build its own forms with.
#include "Interior.h"

#include <stdio.h>

enum { CALL_COST = 100 };

// The arguments without the nils at their end: `f(x)` and `f(x, nil)` are the same call.
static int primitives_count_arguments(lua_State *L) {
    int count = lua_gettop(L);
    while (count > 0 && lua_isnil(L, count)) count--;
    return count;
}

// (failure) Completes what the host raised with the call it answers.
static void primitives_sign(lua_State *L) {
    lua_pushliteral(L, "primitive");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_rawset(L, -3);
}

static int primitives_take_failure(lua_State *L) {
    clua_state *s = state_of(L);
    errors_push_input(L, &s->input);
    bytes_clear(&s->input);
    primitives_sign(L);
    bool is_interrupt = s->answer == ANSWER_INTERRUPT;
    if (is_interrupt || !lua_toboolean(L, lua_upvalueindex(2))) return lua_error(L);
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

static int primitives_finish(lua_State *L, int status, lua_KContext unused) {
    (void)status, (void)unused;
    clua_state *s = state_of(L);
    budget_stop_if_killed(L);
    if (s->cancelled == CANCEL_PENDING) return budget_raise_cancelled(L);
    if (s->answer == ANSWER_FAILURE || s->answer == ANSWER_INTERRUPT)
        return primitives_take_failure(L);
    budget_charge(L, (int64_t)(s->input.count / 16));
    decode_value(L, s->input.data, s->input.count);
    bytes_clear(&s->input);
    return 1;
}

static int primitives_call(lua_State *L) {
    clua_state *s = state_of(L);
    const char *name = lua_tostring(L, lua_upvalueindex(1));
    char fault[FAULT_MAX];
    budget_stop_if_killed(L);
    if (s->cancelled == CANCEL_PENDING) return budget_raise_cancelled(L);
    budget_charge(L, CALL_COST);
    if (!lua_isyieldable(L) || s->depth == 0)
        return errors_raise(L, "lua.error",
                            "%s cannot be called inside a metamethod that C code called", name);
    bytes_clear(&s->output);
    if (!encode_arguments(L, primitives_count_arguments(L), &s->output, fault))
        return errors_raise(L, "lua.argument_invalid", "%s: %s", name, fault);
    lua_settop(L, 0);
    bytes_set(&s->subject, (clua_text){name, strlen(name)});
    s->is_try = lua_toboolean(L, lua_upvalueindex(2));
    frames_author(s, L, &s->position);
    s->answer = ANSWER_NONE;
    s->request = REQUEST_CALL;
    return lua_yieldk(L, 0, 0, primitives_finish);
}

// (namespace)
static void primitives_set(lua_State *L, clua_text name, bool is_try, const char *verb) {
    lua_pushfstring(L, "%s%s", is_try ? "try_" : "", verb);
    lua_pushlstring(L, name.bytes, name.count);
    lua_pushboolean(L, is_try);
    lua_pushcclosure(L, primitives_call, 2);
    lua_rawset(L, -3);
}

void primitives_add(lua_State *L, clua_text name) {
    lua_pushlstring(L, name.bytes, name.count);
    const char *text = lua_tostring(L, -1);
    const char *point = strchr(text, '.');
    if (!point) luaL_error(L, "a primitive is named 'namespace.verb', not '%s'", text);
    lua_pushglobaltable(L);
    lua_pushlstring(L, text, (size_t)(point - text));
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, -5);
    }
    primitives_set(L, name, false, point + 1);
    primitives_set(L, name, true, point + 1);
    lua_pop(L, 4);
}

// border.position(level) → file, line of the nearest author's frame at that level or above.
static int border_position(lua_State *L) {
    clua_state *s = state_of(L);
    position found;
    int level = (int)luaL_optinteger(L, 1, 1);
    if (!frames_position(L, level, &found) && !frames_author(s, L, &found)) return 0;
    lua_pushstring(L, found.file);
    lua_pushinteger(L, found.line);
    return 2;
}

// border.fail{code=, message=, …} raises at the author's line.
static int border_fail(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    errors_adorn(L, 1);
    return lua_error(L);
}

// border.sealed(table, name) → a front that cannot be written; with a name, unknown fields raise.
static int border_sealed(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    globals_push_sealed(L, 1, luaL_optstring(L, 2, NULL));
    return 1;
}

// border.hint(word, table) → "; did you mean 'key'?" or "".
static int border_hint(lua_State *L) {
    const char *word = luaL_checkstring(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    if (globals_unseal(L, 2)) lua_replace(L, 2);
    globals_push_hint(L, 2, word);
    return 1;
}

// border.anchored(function) → the same, but its caller's line is kept when called in the tail.
static int border_anchored(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    modules_guard(L, 1);
    return 1;
}

void primitives_push_border(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"anchored", border_anchored},
        {"prepare", strands_prepare},
        {"position", border_position},
        {"fail", border_fail},
        {"sealed", border_sealed},
        {"hint", border_hint},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
}
