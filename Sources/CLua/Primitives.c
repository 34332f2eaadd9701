// The functions of the border: each call of a primitive is one yield out and one answer in. And
// `border`, what a prelude is given to build its own forms with.
#include "Interior.h"

#include <stdlib.h>

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

// The functions of a namespace are made when somebody reads them: a state that lives for one step
// of a plan names three primitives of two hundred.
//
//     names     sorted; the verbs of a namespace stand together, behind its name
//     table     metatable { __index = primitives_find, [KEY_NAMESPACE] = namespace }

typedef struct namespace {
    clua_text name;
    size_t first, count;  // its primitives among `verbs`
} namespace;

struct clua_names {
    size_t count, namespace_count;
    char **verbs;  // whole names, ended by 0
    namespace *namespaces;
};

static int names_compare(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

void clua_names_free(clua_names *names) {
    if (!names) return;
    for (size_t index = 0; names->verbs && index < names->count; index++) free(names->verbs[index]);
    free(names->verbs);
    free(names->namespaces);
    free(names);
}

// False when a name has no point.
static bool names_divide(clua_names *names) {
    for (size_t index = 0; index < names->count; index++) {
        const char *verb = names->verbs[index], *point = strchr(verb, '.');
        if (!point) return false;
        size_t count = (size_t)(point - verb);
        namespace *last = &names->namespaces[names->namespace_count - (index > 0)];
        if (index > 0 && last->name.count == count && !memcmp(last->name.bytes, verb, count))
            last->count++;
        else
            names->namespaces[names->namespace_count++] =
                (namespace){{verb, count}, index, 1};
    }
    return true;
}

clua_names *clua_names_make(const clua_text *texts, size_t count) {
    clua_names *names = calloc(1, sizeof *names);
    if (!names) return NULL;
    names->count = count;
    names->verbs = calloc(count + 1, sizeof *names->verbs);
    names->namespaces = calloc(count + 1, sizeof *names->namespaces);
    bool is_whole = names->verbs && names->namespaces;
    for (size_t index = 0; is_whole && index < count; index++) {
        names->verbs[index] = strndup(texts[index].bytes, texts[index].count);
        is_whole = names->verbs[index] != NULL;
    }
    if (is_whole) qsort(names->verbs, count, sizeof *names->verbs, names_compare);
    if (is_whole && names_divide(names)) return names;
    clua_names_free(names);
    return NULL;
}

// Pushes the function of a whole name.
static void primitives_push(lua_State *L, const char *name, bool is_try) {
    lua_pushstring(L, name);
    lua_pushboolean(L, is_try);
    lua_pushcclosure(L, primitives_call, 2);
}

static const char *primitives_named(const clua_names *names, const namespace *in,
                                    const char *verb) {
    size_t low = in->first, high = in->first + in->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(verb, names->verbs[middle] + in->name.count + 1);
        if (order == 0) return names->verbs[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

// (namespace, verb) Makes what is read for the first time.
static int primitives_find(lua_State *L) {
    const namespace *in = lua_touserdata(L, lua_upvalueindex(1));
    const clua_names *names = state_of(L)->settings.names;
    const char *verb = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    bool is_try = strncmp(verb, "try_", 4) == 0;
    const char *name = primitives_named(names, in, is_try ? verb + 4 : verb);
    if (name) {
        lua_pushvalue(L, 2);
        primitives_push(L, name, is_try);
        lua_rawset(L, 1);
        lua_settop(L, 2);
        lua_rawget(L, 1);
        return 1;
    }
    if (!state_of(L)->is_sealed) return 0;
    primitives_complete(L, 1);
    lua_pushlstring(L, in->name.bytes, in->name.count);
    const char *owner = lua_tostring(L, -1);
    return globals_raise_unknown(L, owner);
}

static void primitives_set(lua_State *L, int table, const char *name, const char *verb,
                           bool is_try) {
    lua_pushfstring(L, "%s%s", is_try ? "try_" : "", verb);
    lua_pushvalue(L, -1);
    bool is_made = lua_rawget(L, table) != LUA_TNIL;
    lua_pop(L, 1);
    if (is_made) return lua_pop(L, 1);
    primitives_push(L, name, is_try);
    lua_rawset(L, table);
}

// Makes all functions of the table at `index` if it is a namespace, for who walks over it.
void primitives_complete(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (!lua_getmetatable(L, index)) return;
    lua_rawgetp(L, -1, KEY(KEY_NAMESPACE));
    const namespace *in = lua_touserdata(L, -1);
    lua_pop(L, 2);
    for (size_t verb = 0; in && verb < in->count; verb++) {
        const char *name = state_of(L)->settings.names->verbs[in->first + verb];
        primitives_set(L, index, name, name + in->name.count + 1, false);
        primitives_set(L, index, name, name + in->name.count + 1, true);
    }
}

void primitives_open(lua_State *L) {
    const clua_names *names = state_of(L)->settings.names;
    lua_pushglobaltable(L);
    for (size_t index = 0; names && index < names->namespace_count; index++) {
        namespace *in = &names->namespaces[index];
        lua_pushlstring(L, in->name.bytes, in->name.count);
        lua_newtable(L);
        lua_createtable(L, 0, 2);
        lua_pushlightuserdata(L, in);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, -3, KEY(KEY_NAMESPACE));
        lua_pushcclosure(L, primitives_find, 1);
        lua_setfield(L, -2, "__index");
        lua_setmetatable(L, -2);
        lua_rawset(L, -3);
    }
    lua_pop(L, 1);
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
