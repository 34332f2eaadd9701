// What an author's variables hold while a call waits for its answer: the frames of his chunks, the
// innermost first, each local and upvalue as a short text that is the same in every process. Reads
// raw, and changes nothing. What a name or a kind says is secret is not shown.
#include "Interior.h"

#include <ctype.h>

enum { FRAMES_MAX = 20, TEXT_MAX = 60, DEPTH_MAX = 3, ITEMS_MAX = 8, LOCALS_MAX = 200 };

static bool variables_is_secret(const char *name) {
    static const char *words[] = {"password", "passphrase", "secret", "token", "credential",
                                  "private_key"};
    char low[64];
    size_t count = 0;
    for (; name[count] && count < sizeof low - 1; count++)
        low[count] = (char)tolower((unsigned char)name[count]);
    low[count] = 0;
    for (size_t index = 0; index < sizeof words / sizeof *words; index++)
        if (strstr(low, words[index])) return true;
    return false;
}

static void variables_show_text(lua_State *L, int index, bytes *to) {
    size_t count, shown;
    const char *text = lua_tolstring(L, index, &count);
    shown = count > TEXT_MAX ? TEXT_MAX : count;
    // A character is not cut in two.
    while (shown < count && shown > 0 && ((unsigned char)text[shown] & 0xC0) == 0x80) shown--;
    bytes_add_json(to, text, shown);
    if (shown < count) bytes_add_text(to, "…");
}

static void variables_show_function(lua_State *L, int index, bytes *to) {
    lua_Debug about;
    lua_pushvalue(L, index);
    lua_getinfo(L, ">S", &about);
    if (about.source[0] == '@')
        bytes_add_format(to, "function at %s:%d", about.source + 1, about.linedefined);
    else bytes_add_text(to, "function");
}

static void variables_show(lua_State *L, int index, int depth, bytes *to);

static bool variables_is_after(const char *text, size_t count, const char *last, size_t length) {
    if (!last) return true;
    int order = memcmp(text, last, count < length ? count : length);
    return order > 0 || (order == 0 && count > length);
}

// (table) The first text among its keys after `last`, by bytes; NULL when there is none.
static const char *variables_next_key(lua_State *L, int table, const char *last, size_t *length) {
    const char *found = NULL;
    size_t found_count = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) continue;
        size_t count;
        const char *text = lua_tolstring(L, -2, &count);
        if (!variables_is_after(text, count, last, *length)) continue;
        if (found && variables_is_after(text, count, found, found_count)) continue;
        found = text;
        found_count = count;
    }
    *length = found_count;
    return found;
}

static void variables_separate(bytes *to, int *shown) {
    bytes_add_text(to, (*shown)++ == 0 ? "{ " : ", ");
}

static void variables_show_list(lua_State *L, int table, int depth, bytes *to, int *shown) {
    for (lua_Integer index = 1; *shown < ITEMS_MAX; index++) {
        if (lua_rawgeti(L, table, index) == LUA_TNIL) {
            lua_pop(L, 1);
            return;
        }
        variables_separate(to, shown);
        variables_show(L, lua_gettop(L), depth - 1, to);
        lua_pop(L, 1);
    }
}

static void variables_show_fields(lua_State *L, int table, int depth, bytes *to, int *shown) {
    size_t length = 0;
    const char *key = NULL;
    while (*shown < ITEMS_MAX && (key = variables_next_key(L, table, key, &length))) {
        variables_separate(to, shown);
        bytes_add(to, key, length);
        bytes_add_text(to, " = ");
        lua_pushlstring(L, key, length);
        lua_rawget(L, table);
        if (variables_is_secret(key)) bytes_add_text(to, "(hidden)");
        else variables_show(L, lua_gettop(L), depth - 1, to);
        lua_pop(L, 1);
    }
}

static bool variables_is_hidden(lua_State *L, int table) {
    lua_pushliteral(L, "$kind");
    bool hidden = lua_rawget(L, table) == LUA_TSTRING && variables_is_secret(lua_tostring(L, -1));
    lua_pop(L, 1);
    return hidden;
}

static size_t variables_count(lua_State *L, int table) {
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) count++;
    return count;
}

static void variables_show_table(lua_State *L, int index, int depth, bytes *to) {
    luaL_checkstack(L, 8, "too deep");
    if (!globals_unseal(L, index)) lua_pushvalue(L, index);
    int table = lua_gettop(L), shown = 0;
    size_t count = variables_count(L, table);
    if (variables_is_hidden(L, table)) bytes_add_text(to, "(hidden)");
    else if (count == 0) bytes_add_text(to, "{}");
    else if (depth == 0) bytes_add_text(to, "{ … }");
    else {
        variables_show_list(L, table, depth, to, &shown);
        variables_show_fields(L, table, depth, to, &shown);
        if (shown == 0) bytes_add_text(to, "{ …");
        else if ((size_t)shown < count) bytes_add_text(to, ", …");
        bytes_add_text(to, " }");
    }
    lua_settop(L, table - 1);
}

static void variables_show(lua_State *L, int index, int depth, bytes *to) {
    switch (lua_type(L, index)) {
        case LUA_TNIL: bytes_add_text(to, "nil"); break;
        case LUA_TBOOLEAN: bytes_add_text(to, lua_toboolean(L, index) ? "true" : "false"); break;
        case LUA_TNUMBER:
            if (lua_isinteger(L, index)) bytes_add_integer(to, lua_tointeger(L, index));
            else bytes_add_format(to, "%.14g", lua_tonumber(L, index));
            break;
        case LUA_TSTRING: variables_show_text(L, index, to); break;
        case LUA_TFUNCTION: variables_show_function(L, index, to); break;
        case LUA_TTABLE: variables_show_table(L, index, depth, to); break;
        case LUA_TTHREAD: bytes_add_text(to, "coroutine"); break;
        default: bytes_add_text(to, "userdata");
    }
}

// (value) Writes and pops it.
static void variables_write(lua_State *L, const char *name, const char *kind, bool first) {
    clua_state *s = state_of(L);
    bytes *text = &s->report, *to = &s->output;
    bytes_clear(text);
    if (variables_is_secret(name)) bytes_add_text(text, "(hidden)");
    else variables_show(L, lua_gettop(L), DEPTH_MAX, text);
    lua_pop(L, 1);
    bytes_add_format(to, "%s{\"kind\":\"%s\",\"name\":", first ? "" : ",", kind);
    bytes_add_json(to, name, strlen(name));
    bytes_add_text(to, ",\"value\":");
    bytes_add_json(to, text->data, text->count);
    bytes_add_text(to, "}");
}

static bool variables_is_shadowed(lua_State *co, lua_Debug *frame, int number, const char *name) {
    const char *other;
    for (int later = number + 1; later < LOCALS_MAX; later++) {
        if (!(other = lua_getlocal(co, frame, later))) return false;
        lua_pop(co, 1);
        if (strcmp(other, name) == 0) return true;
    }
    return false;
}

static int variables_write_locals(lua_State *L, lua_State *co, lua_Debug *frame) {
    int written = 0;
    for (int number = 1; number < LOCALS_MAX; number++) {
        const char *name = lua_getlocal(co, frame, number);
        if (!name) break;
        lua_xmove(co, L, 1);
        if (name[0] == '(' || variables_is_shadowed(co, frame, number, name)) lua_pop(L, 1);
        else variables_write(L, name, "local", written++ == 0);
    }
    return written;
}

static void variables_write_upvalues(lua_State *L, lua_State *co, lua_Debug *frame, int written) {
    lua_getinfo(co, "f", frame);
    lua_xmove(co, L, 1);
    int function = lua_gettop(L);
    for (int number = 1; number < LOCALS_MAX; number++) {
        const char *name = lua_getupvalue(L, function, number);
        if (!name) break;
        if (strcmp(name, "_ENV") == 0) lua_pop(L, 1);
        else variables_write(L, name, "upvalue", written++ == 0);
    }
    lua_settop(L, function - 1);
}

static void variables_write_frame(lua_State *L, lua_State *co, lua_Debug *frame, bool first) {
    bytes *to = &state_of(L)->output;
    lua_getinfo(co, "Sln", frame);
    bytes_add_text(to, first ? "{\"file\":" : ",{\"file\":");
    bytes_add_json(to, frame->source + 1, strlen(frame->source + 1));
    if (frame->name) {
        bytes_add_text(to, ",\"function\":");
        bytes_add_json(to, frame->name, strlen(frame->name));
    }
    bytes_add_format(to, ",\"line\":%d,\"variables\":[", frame->currentline);
    variables_write_upvalues(L, co, frame, variables_write_locals(L, co, frame));
    bytes_add_text(to, "]}");
}

static int variables_collect(lua_State *L) {
    clua_state *s = state_of(L);
    int written = 0;
    luaL_checkstack(L, 16, "too deep");
    bytes_clear(&s->output);
    bytes_add_text(&s->output, "[");
    for (int index = s->depth - 1; index >= 0; index--) {
        lua_State *co = s->chain[index];
        lua_Debug frame;
        if (!lua_checkstack(co, 4)) continue;
        for (int level = 0; written < FRAMES_MAX && lua_getstack(co, level, &frame); level++) {
            lua_getinfo(co, "S", &frame);
            if (frame.source[0] == '@') variables_write_frame(L, co, &frame, written++ == 0);
        }
    }
    bytes_add_text(&s->output, "]");
    return 0;
}

bool clua_variables(clua_state *s) { return drive_protected(s, variables_collect, NULL); }
