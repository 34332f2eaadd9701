// Failures as Lua values: a table `{code, message, where, primitive}` that prints as its message
// and joins with `..`. And reports: what leaves the state, as JSON with the fields in sorted order.
#include "Interior.h"

#include <stdio.h>

static int errors_to_text(lua_State *L) {
    lua_getfield(L, 1, "message");
    lua_getfield(L, 1, "code");
    lua_pushfstring(L, "%s [%s]", lua_tostring(L, -2), lua_tostring(L, -1));
    return 1;
}

// The other side of `..` may be anything that can be read as text.
static int errors_concat(lua_State *L) {
    luaL_tolstring(L, 1, NULL);
    luaL_tolstring(L, 2, NULL);
    lua_concat(L, 2);
    return 1;
}

void errors_open(lua_State *L) {
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, errors_to_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, errors_concat);
    lua_setfield(L, -2, "__concat");
    lua_pushliteral(L, "failure");
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, KEY(KEY_FAILURE_METATABLE));
}

static bool errors_has_text(lua_State *L, int index, const char *field) {
    lua_pushstring(L, field);
    bool is_text = lua_rawget(L, index) == LUA_TSTRING;
    lua_pop(L, 1);
    return is_text;
}

// Makes a table with a code into a failure: the author's line, and how it prints.
void errors_adorn(lua_State *L, int index) {
    index = lua_absindex(L, index);
    position found;
    if (!errors_has_text(L, index, "where") && frames_author(state_of(L), L, &found)) {
        lua_pushliteral(L, "where");
        lua_pushfstring(L, "%s:%d", found.file, found.line);
        lua_rawset(L, index);
    }
    if (!errors_has_text(L, index, "message")) {
        lua_pushliteral(L, "message");
        lua_pushliteral(L, "no message");
        lua_rawset(L, index);
    }
    lua_rawgetp(L, LUA_REGISTRYINDEX, KEY(KEY_FAILURE_METATABLE));
    lua_setmetatable(L, index);
}

int errors_raise(lua_State *L, const char *code, const char *format, ...) {
    lua_createtable(L, 0, 4);
    lua_pushstring(L, code);
    lua_setfield(L, -2, "code");
    va_list arguments;
    va_start(arguments, format);
    lua_pushvfstring(L, format, arguments);
    va_end(arguments);
    lua_setfield(L, -2, "message");
    errors_adorn(L, -1);
    return lua_error(L);
}

void errors_push_input(lua_State *L, const bytes *json) {
    decode_value(L, json->data, json->count);
    errors_adorn(L, -1);
}

int errors_raise_input(lua_State *L, const bytes *json) {
    errors_push_input(L, json);
    return lua_error(L);
}

static void errors_write_field(bytes *to, const char *name, const char *text, size_t count) {
    bytes_add_text(to, to->count == 0 ? "{" : ",");
    bytes_add_json(to, name, strlen(name));
    bytes_add_text(to, ":");
    bytes_add_json(to, text, count);
}

static void errors_write_position(bytes *to, const position *where) {
    if (where->line == 0) return;
    char text[POSITION_FILE_MAX + 16];
    int count = snprintf(text, sizeof text, "%s:%d", where->file, where->line);
    errors_write_field(to, "where", text, (size_t)count);
}

static void errors_write_trace(clua_state *s) {
    if (s->trace.count > 0)
        errors_write_field(&s->report, "traceback", s->trace.data, s->trace.count);
}

// A field of the failure that is a value of its own (`cause`, `context`); left out when it has
// none.
static void errors_write_value(lua_State *L, int index, const char *name, bytes *to) {
    char fault[FAULT_MAX];
    lua_pushstring(L, name);
    lua_rawget(L, index);
    size_t count = to->count;
    bytes_add_text(to, count == 0 ? "{" : ",");
    bytes_add_format(to, "\"%s\":", name);
    if (!lua_istable(L, -1) || !encode_value(L, -1, false, to, fault)) to->count = count;
    lua_pop(L, 1);
}

static void errors_write_text(lua_State *L, int index, const char *name, bytes *to) {
    lua_pushstring(L, name);
    lua_rawget(L, index);
    size_t count;
    if (lua_type(L, -1) == LUA_TSTRING) {
        const char *text = lua_tolstring(L, -1, &count);
        errors_write_field(to, name, text, count);
    }
    lua_pop(L, 1);
}

static void errors_report_failure(lua_State *L, int index) {
    clua_state *s = state_of(L);
    errors_write_value(L, index, "cause", &s->report);
    errors_write_text(L, index, "code", &s->report);
    errors_write_value(L, index, "context", &s->report);
    errors_write_text(L, index, "message", &s->report);
    errors_write_trace(s);
    errors_write_text(L, index, "where", &s->report);
}

// The text may come from the author's own `__tostring`: it runs here, under the budget.
static void errors_report_other(lua_State *L, int index) {
    clua_state *s = state_of(L);
    position where = s->position;
    size_t count;
    const char *text = identity_text(L, index, &count);
    size_t skip = frames_strip(L, text, count, &where);
    errors_write_field(&s->report, "code", "lua.error", 9);
    errors_write_field(&s->report, "message", text + skip, count - skip);
    errors_write_trace(s);
    errors_write_position(&s->report, &where);
    lua_pop(L, 1);
}

void errors_report(lua_State *L, int index) {
    clua_state *s = state_of(L);
    index = lua_absindex(L, index);
    bytes_clear(&s->report);
    if (lua_istable(L, index) && errors_has_text(L, index, "code")) errors_report_failure(L, index);
    else errors_report_other(L, index);
    bytes_add_text(&s->report, "}");
}

void errors_report_plain(clua_state *s, const char *code, const char *message) {
    bytes_clear(&s->report);
    errors_write_field(&s->report, "code", code, strlen(code));
    errors_write_field(&s->report, "message", message, strlen(message));
    errors_write_trace(s);
    errors_write_position(&s->report, &s->position);
    bytes_add_text(&s->report, "}");
}

void errors_report_kill(clua_state *s) {
    char message[256];
    const clua_settings *limits = &s->settings;
    switch (s->killed) {
        case KILL_MEMORY:
            snprintf(message, sizeof message,
                     "more than %zu KiB of memory, or a string of more than %zu KiB",
                     limits->memory_max >> 10, s->string_max >> 10);
            errors_report_plain(s, "lua.memory_exhausted", message);
            break;
        case KILL_TIME:
            errors_report_plain(s, "lua.time_exhausted", "a few instructions took seconds");
            break;
        case KILL_STACK:
            errors_report_plain(s, "lua.stack_exhausted",
                                "functions call each other too deeply, and catch the error");
            break;
        case KILL_BURST:
            snprintf(message, sizeof message,
                     "more than %lld instructions without calling a primitive: an endless loop?",
                     (long long)limits->burst_max);
            errors_report_plain(s, "lua.instructions_exhausted", message);
            break;
        case KILL_CANCELLED:
            bytes_set(&s->report, (clua_text){s->cancel.data, s->cancel.count});
            break;
        default:
            snprintf(message, sizeof message, "more than %lld instructions in one run",
                     (long long)limits->instructions_max);
            errors_report_plain(s, "lua.instructions_exhausted", message);
    }
}
