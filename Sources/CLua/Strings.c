// string.* and utf8.*: searches by our own matcher; everything that is linear in its text is billed.
#define _GNU_SOURCE
#include "Interior.h"

#include <ctype.h>
#include <limits.h>

enum { BYTES_PER_COST = 32, PIECES_PER_COST = 8 };

static clua_text strings_check(lua_State *L, int index) {
    clua_text text;
    text.bytes = luaL_checklstring(L, index, &text.count);
    return text;
}

// A position counted from 1, or from the end when negative; at least 1.
static size_t strings_start(lua_State *L, int index, size_t count) {
    lua_Integer at = luaL_optinteger(L, index, 1);
    if (at > 0) return (size_t)at;
    if (at == 0 || at < -(lua_Integer)count) return 1;
    return count + (size_t)at + 1;
}

// The first match at `at` or later that does not end at `last`; NULL when there is none.
static const char *strings_seek(pattern *p, const char *at, const char *text, const char *last,
                                const char **stop) {
    bool is_anchored = text < p->pattern_end && *text == '^';
    for (; at <= p->subject_end; at++) {
        p->captures_count = 0;
        *stop = pattern_match(p, at, is_anchored ? text + 1 : text);
        if (*stop && *stop != last) return at;
        if (is_anchored) break;
    }
    return NULL;
}

static bool strings_is_plain(clua_text text) {
    for (size_t index = 0; index < text.count; index++)
        if (text.bytes[index] && strchr("^$*+?.([%-", text.bytes[index])) return false;
    return true;
}

static int strings_find_plain(lua_State *L, clua_text subject, clua_text text, size_t start) {
    budget_charge(L, (int64_t)((subject.count + text.count) / BYTES_PER_COST));
    const char *from = subject.bytes + start - 1;
    const char *found = text.count == 0
        ? from : memmem(from, subject.count - start + 1, text.bytes, text.count);
    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, found - subject.bytes + 1);
    lua_pushinteger(L, found - subject.bytes + (lua_Integer)text.count);
    return 2;
}

static int strings_search(lua_State *L, bool is_find) {
    clua_text subject = strings_check(L, 1), text = strings_check(L, 2);
    size_t start = strings_start(L, 3, subject.count);
    if (start > subject.count + 1) {
        lua_pushnil(L);
        return 1;
    }
    if (is_find && (lua_toboolean(L, 4) || strings_is_plain(text)))
        return strings_find_plain(L, subject, text, start);
    pattern p;
    pattern_begin(&p, L, subject, text);
    const char *stop;
    const char *found = strings_seek(&p, subject.bytes + start - 1, text.bytes, NULL, &stop);
    pattern_end(&p);
    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    if (!is_find) return pattern_push_captures(&p, found, stop);
    lua_pushinteger(L, found - subject.bytes + 1);
    lua_pushinteger(L, stop - subject.bytes);
    return pattern_push_captures(&p, NULL, NULL) + 2;
}

static int strings_find(lua_State *L) { return strings_search(L, true); }

static int strings_match(lua_State *L) { return strings_search(L, false); }

// (subject, pattern, start, last) → first, stop, captures…; what string.gsub in Lua walks with.
static int strings_seek_next(lua_State *L) {
    clua_text subject = strings_check(L, 1), text = strings_check(L, 2);
    size_t start = (size_t)luaL_checkinteger(L, 3), last = (size_t)luaL_checkinteger(L, 4);
    pattern p;
    pattern_begin(&p, L, subject, text);
    const char *stop, *after = last > 0 ? subject.bytes + last - 1 : NULL;
    const char *found = strings_seek(&p, subject.bytes + start - 1, text.bytes, after, &stop);
    pattern_end(&p);
    if (!found) return 0;
    lua_pushinteger(L, found - subject.bytes + 1);
    lua_pushinteger(L, stop - subject.bytes + 1);
    return pattern_push_captures(&p, found, stop) + 2;
}

// Upvalues: subject, pattern, next start, end of the last match. A '^' is an ordinary character.
static int strings_gmatch_next(lua_State *L) {
    clua_text subject = strings_check(L, lua_upvalueindex(1));
    clua_text text = strings_check(L, lua_upvalueindex(2));
    const char *at = subject.bytes + lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    pattern p;
    pattern_begin(&p, L, subject, text);
    for (; at <= p.subject_end; at++) {
        p.captures_count = 0;
        const char *stop = pattern_match(&p, at, text.bytes);
        if (!stop || stop - subject.bytes == last) continue;
        pattern_end(&p);
        for (int upvalue = 3; upvalue <= 4; upvalue++) {
            lua_pushinteger(L, stop - subject.bytes);
            lua_replace(L, lua_upvalueindex(upvalue));
        }
        return pattern_push_captures(&p, at, stop);
    }
    pattern_end(&p);
    return 0;
}

static int strings_gmatch(lua_State *L) {
    clua_text subject = strings_check(L, 1);
    strings_check(L, 2);
    size_t start = strings_start(L, 3, subject.count);
    lua_settop(L, 2);
    if (start > subject.count + 1) start = subject.count + 2;
    lua_pushinteger(L, (lua_Integer)start - 1);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, strings_gmatch_next, 4);
    return 1;
}

static void strings_add_template(luaL_Buffer *to, pattern *p, clua_text template,
                                 const char *start, const char *stop) {
    for (size_t index = 0; index < template.count; index++) {
        char byte = template.bytes[index];
        if (byte != '%') {
            luaL_addchar(to, byte);
            continue;
        }
        byte = ++index < template.count ? template.bytes[index] : 0;
        if (byte == '%') luaL_addchar(to, byte);
        else if (byte == '0') luaL_addlstring(to, start, (size_t)(stop - start));
        else if (!isdigit((unsigned char)byte))
            luaL_error(p->L, "invalid use of '%%' in replacement string");
        else {
            pattern_push_capture(p, byte - '1', start, stop);
            luaL_tolstring(p->L, -1, NULL);
            lua_remove(p->L, -2);
            luaL_addvalue(to);
        }
    }
}

// The value of the first capture in the table at 3; the match itself when that is false or nil.
static void strings_add_looked_up(luaL_Buffer *to, pattern *p, const char *start,
                                  const char *stop) {
    lua_State *L = p->L;
    pattern_push_capture(p, 0, start, stop);
    lua_gettable(L, 3);
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(to, start, (size_t)(stop - start));
        return;
    }
    if (!lua_isstring(L, -1))
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(to);
}

static lua_Integer strings_replace_all(luaL_Buffer *to, pattern *p, clua_text text,
                                       clua_text template, lua_Integer limit) {
    const char *at = p->subject, *last = NULL, *stop, *found;
    lua_Integer count = 0;
    while (count < limit && (found = strings_seek(p, at, text.bytes, last, &stop))) {
        luaL_addlstring(to, at, (size_t)(found - at));
        if (template.bytes) strings_add_template(to, p, template, found, stop);
        else strings_add_looked_up(to, p, found, stop);
        pattern_end(p);
        at = last = stop;
        count++;
        if (text.count > 0 && *text.bytes == '^') break;
    }
    luaL_addlstring(to, at, (size_t)(p->subject_end - at));
    return count;
}

static int strings_gsub_finish(lua_State *L, int status, lua_KContext unused) {
    (void)status, (void)unused;
    return lua_gettop(L);
}

// With a function: what is written in Lua, the upvalue, so that the function may wait.
static int strings_gsub(lua_State *L) {
    if (lua_isfunction(L, 3)) {
        strings_check(L, 1);
        strings_check(L, 2);
        luaL_optinteger(L, 4, 0);
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_insert(L, 1);
        lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, strings_gsub_finish);
        return lua_gettop(L);
    }
    clua_text subject = strings_check(L, 1), text = strings_check(L, 2), template = {0};
    int kind = lua_type(L, 3);
    if (kind == LUA_TNUMBER || kind == LUA_TSTRING) template = strings_check(L, 3);
    else luaL_argexpected(L, kind == LUA_TTABLE, 3, "string/function/table");
    lua_Integer limit = luaL_optinteger(L, 4, (lua_Integer)subject.count + 1);
    memory_make_room(L, 2 * subject.count);
    pattern p;
    pattern_begin(&p, L, subject, text);
    luaL_Buffer to;
    luaL_buffinit(L, &to);
    lua_Integer count = strings_replace_all(&to, &p, text, template, limit);
    luaL_pushresult(&to);
    pattern_end(&p);
    lua_pushinteger(L, count);
    return 2;
}

// The stock function as upvalue runs in this very frame, after its texts were billed.
static int strings_billed(lua_State *L) {
    size_t bytes = 0, count;
    for (int index = lua_gettop(L); index > 0; index--)
        if (lua_type(L, index) == LUA_TSTRING && lua_tolstring(L, index, &count)) bytes += count;
    budget_charge(L, (int64_t)(bytes / BYTES_PER_COST));
    memory_make_room(L, 2 * bytes);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int strings_rep(lua_State *L) {
    clua_text text = strings_check(L, 1);
    lua_Integer count = luaL_checkinteger(L, 2);
    size_t separator;
    luaL_optlstring(L, 3, "", &separator);
    if (text.count + separator == 0 || count <= 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    size_t max = state_of(L)->memory_max;
    if ((size_t)count < max / (text.count + separator)) {
        budget_charge(L, count / PIECES_PER_COST);
        memory_make_room(L, 2 * (size_t)count * (text.count + separator));
    }
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

// Writes what `%s` would print into the arguments: never an address.
static void strings_prepare_argument(lua_State *L, char conversion, int index) {
    if (conversion == 'p')
        luaL_error(L, "'%%p' is refused: an address is never the same twice");
    if (conversion != 's' || index > lua_gettop(L) || lua_isstring(L, index)) return;
    size_t count;
    identity_text(L, index, &count);
    lua_replace(L, index);
}

static int strings_format(lua_State *L) {
    clua_text form = strings_check(L, 1);
    int argument = 1;
    for (const char *at = form.bytes, *stop = at + form.count; at < stop; at++) {
        if (*at != '%') continue;
        at++;
        while (at < stop && *at && strchr("-+ #0123456789.", *at)) at++;
        if (at < stop && *at != '%') strings_prepare_argument(L, *at, ++argument);
    }
    return strings_billed(L);
}

// Replaces fields of the library table on top by `function` over the stock one.
static void strings_wrap(lua_State *L, lua_CFunction function, const char *const names[]) {
    for (; *names; names++) {
        lua_getfield(L, -1, *names);
        lua_pushcclosure(L, function, 1);
        lua_setfield(L, -2, *names);
    }
}

static const char gsub_source[] = {
#embed "library/gsub.lua"
};

static void strings_open_gsub(lua_State *L) {
    lua_pushcfunction(L, strings_seek_next);
    modules_run_own(L, "(gsub)", (clua_text){gsub_source, sizeof gsub_source}, 1);
    lua_pushcclosure(L, strings_gsub, 1);
    lua_setfield(L, -2, "gsub");
}

// Methods of strings live in a table of their own, which is not sealed: `err.code` of an error that
// is a text must be nil, not an error.
static void strings_open_methods(lua_State *L) {
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, -5)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

void strings_open(lua_State *L) {
    static const luaL_Reg searches[] = {
        {"find", strings_find}, {"match", strings_match}, {"gmatch", strings_gmatch}, {NULL, NULL},
    };
    static const char *const billed[] = {
        "byte", "char", "len", "lower", "upper", "reverse", "sub", "pack", "packsize", "unpack",
        NULL,
    };
    static const char *const billed_utf8[] = {"char", "codepoint", "len", "offset", NULL};
    luaL_requiref(L, "string", luaopen_string, 1);
    lua_pushnil(L);
    lua_setfield(L, -2, "dump");
    luaL_setfuncs(L, searches, 0);
    strings_wrap(L, strings_billed, billed);
    strings_wrap(L, strings_format, (const char *const[]){"format", NULL});
    strings_wrap(L, strings_rep, (const char *const[]){"rep", NULL});
    strings_open_gsub(L);
    strings_open_methods(L);
    lua_pop(L, 1);
    luaL_requiref(L, "utf8", luaopen_utf8, 1);
    strings_wrap(L, strings_billed, billed_utf8);
    lua_pop(L, 1);
    lua_pushglobaltable(L);
    strings_wrap(L, strings_billed, (const char *const[]){"tonumber", NULL});
    lua_pop(L, 1);
}
