// string.find, match, gmatch and gsub, by our own matcher: every search is counted and billed.
#define _GNU_SOURCE
#include "Interior.h"

#include <ctype.h>

enum { BYTES_PER_COST = 32 };

static clua_text search_check(lua_State *L, int index) {
    clua_text text;
    text.bytes = luaL_checklstring(L, index, &text.count);
    return text;
}

// A position counted from 1, or from the end when negative; at least 1.
static size_t search_start(lua_State *L, int index, size_t count) {
    lua_Integer at = luaL_optinteger(L, index, 1);
    if (at > 0) return (size_t)at;
    if (at == 0 || at < -(lua_Integer)count) return 1;
    return count + (size_t)at + 1;
}

// The first match at `at` or later that does not end at `last`; NULL when there is none.
static const char *search_seek(pattern *p, const char *at, const char *text, const char *last,
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

static bool search_is_plain(clua_text text) {
    for (size_t index = 0; index < text.count; index++)
        if (text.bytes[index] && strchr("^$*+?.([%-", text.bytes[index])) return false;
    return true;
}

static int search_find_plain(lua_State *L, clua_text subject, clua_text text, size_t start) {
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

static int search_search(lua_State *L, bool is_find) {
    clua_text subject = search_check(L, 1), text = search_check(L, 2);
    size_t start = search_start(L, 3, subject.count);
    if (start > subject.count + 1) {
        lua_pushnil(L);
        return 1;
    }
    if (is_find && (lua_toboolean(L, 4) || search_is_plain(text)))
        return search_find_plain(L, subject, text, start);
    pattern p;
    pattern_begin(&p, L, subject, text);
    const char *stop;
    const char *found = search_seek(&p, subject.bytes + start - 1, text.bytes, NULL, &stop);
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

static int search_find(lua_State *L) { return search_search(L, true); }

static int search_match(lua_State *L) { return search_search(L, false); }

// (subject, pattern, start, last) → first, stop, captures…; what string.gsub in Lua walks with.
static int search_seek_next(lua_State *L) {
    clua_text subject = search_check(L, 1), text = search_check(L, 2);
    size_t start = (size_t)luaL_checkinteger(L, 3), last = (size_t)luaL_checkinteger(L, 4);
    pattern p;
    pattern_begin(&p, L, subject, text);
    const char *stop, *after = last > 0 ? subject.bytes + last - 1 : NULL;
    const char *found = search_seek(&p, subject.bytes + start - 1, text.bytes, after, &stop);
    pattern_end(&p);
    if (!found) return 0;
    lua_pushinteger(L, found - subject.bytes + 1);
    lua_pushinteger(L, stop - subject.bytes + 1);
    return pattern_push_captures(&p, found, stop) + 2;
}

// Upvalues: subject, pattern, next start, end of the last match. A '^' is an ordinary character.
static int search_gmatch_next(lua_State *L) {
    clua_text subject = search_check(L, lua_upvalueindex(1));
    clua_text text = search_check(L, lua_upvalueindex(2));
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

static int search_gmatch(lua_State *L) {
    clua_text subject = search_check(L, 1);
    search_check(L, 2);
    size_t start = search_start(L, 3, subject.count);
    lua_settop(L, 2);
    if (start > subject.count + 1) start = subject.count + 2;
    lua_pushinteger(L, (lua_Integer)start - 1);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, search_gmatch_next, 4);
    return 1;
}

static void search_add_template(luaL_Buffer *to, pattern *p, clua_text template,
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
static void search_add_looked_up(luaL_Buffer *to, pattern *p, const char *start,
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

static lua_Integer search_replace_all(luaL_Buffer *to, pattern *p, clua_text text,
                                       clua_text template, lua_Integer limit) {
    const char *at = p->subject, *last = NULL, *stop, *found;
    lua_Integer count = 0;
    while (count < limit && (found = search_seek(p, at, text.bytes, last, &stop))) {
        luaL_addlstring(to, at, (size_t)(found - at));
        if (template.bytes) search_add_template(to, p, template, found, stop);
        else search_add_looked_up(to, p, found, stop);
        pattern_end(p);
        at = last = stop;
        count++;
        if (text.count > 0 && *text.bytes == '^') break;
    }
    luaL_addlstring(to, at, (size_t)(p->subject_end - at));
    return count;
}

static int search_gsub_finish(lua_State *L, int status, lua_KContext unused) {
    (void)status, (void)unused;
    return lua_gettop(L);
}

// With a function: what is written in Lua, the upvalue, so that the function may wait.
static int search_gsub(lua_State *L) {
    if (lua_isfunction(L, 3)) {
        search_check(L, 1);
        search_check(L, 2);
        luaL_optinteger(L, 4, 0);
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_insert(L, 1);
        lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, search_gsub_finish);
        return lua_gettop(L);
    }
    clua_text subject = search_check(L, 1), text = search_check(L, 2), template = {0};
    int kind = lua_type(L, 3);
    if (kind == LUA_TNUMBER || kind == LUA_TSTRING) template = search_check(L, 3);
    else luaL_argexpected(L, kind == LUA_TTABLE, 3, "string/function/table");
    lua_Integer limit = luaL_optinteger(L, 4, (lua_Integer)subject.count + 1);
    memory_make_room(L, 2 * subject.count);
    pattern p;
    pattern_begin(&p, L, subject, text);
    luaL_Buffer to;
    luaL_buffinit(L, &to);
    lua_Integer count = search_replace_all(&to, &p, text, template, limit);
    luaL_pushresult(&to);
    pattern_end(&p);
    lua_pushinteger(L, count);
    return 2;
}

static const char gsub_source[] = {
#embed "library/gsub.lua"
};

static void search_open_gsub(lua_State *L) {
    lua_pushcfunction(L, search_seek_next);
    modules_run_own(L, "(gsub)", (clua_text){gsub_source, sizeof gsub_source}, 1);
    lua_pushcclosure(L, search_gsub, 1);
    lua_setfield(L, -2, "gsub");
}

// Fills the library on top.
void search_open(lua_State *L) {
    static const luaL_Reg searches[] = {
        {"find", search_find}, {"match", search_match}, {"gmatch", search_gmatch}, {NULL, NULL},
    };
    luaL_setfuncs(L, searches, 0);
    search_open_gsub(L);
}
