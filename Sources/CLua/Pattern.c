// The matcher of Lua's patterns, under a budget: every step is counted, and a search may take a
// fixed number of steps and some for each byte of its subject. Backtracking over nested `.-` cannot
// hang.
#include "Interior.h"

#include <ctype.h>

enum { NESTING_MAX = 200, STEPS_MIN = 2000000, STEPS_PER_BYTE = 32 };

void pattern_begin(pattern *p, lua_State *L, clua_text subject, clua_text text) {
    p->L = L;
    p->subject = subject.bytes;
    p->subject_end = subject.bytes + subject.count;
    p->pattern_end = text.bytes + text.count;
    p->steps = 0;
    p->steps_max = STEPS_MIN + STEPS_PER_BYTE * (int64_t)subject.count;
    p->nesting = 0;
    p->captures_count = 0;
}

void pattern_end(pattern *p) {
    budget_charge(p->L, p->steps);
    p->steps = 0;
}

static void pattern_step(pattern *p) {
    if (++p->steps <= p->steps_max) return;
    int64_t steps = p->steps;
    pattern_end(p);
    errors_raise(p->L, "lua.pattern_exhausted",
                 "the pattern needs more than %d steps on %d bytes; anchor it or use fewer '.-'",
                 (int)(steps - 1), (int)(p->subject_end - p->subject));
}

// The end of the single item that begins at `text`: a character, a class or a set.
static const char *pattern_item_end(pattern *p, const char *text) {
    char first = *text++;
    if (first == '%') {
        if (text == p->pattern_end) luaL_error(p->L, "malformed pattern (ends with '%%')");
        return text + 1;
    }
    if (first != '[') return text;
    if (*text == '^') text++;
    do {
        if (text == p->pattern_end) luaL_error(p->L, "malformed pattern (missing ']')");
        if (*text++ == '%' && text < p->pattern_end) text++;
    } while (text == p->pattern_end || *text != ']');
    return text + 1;
}

static bool pattern_is_in_class(int byte, int class) {
    bool found;
    switch (tolower(class)) {
        case 'a': found = isalpha(byte); break;
        case 'c': found = iscntrl(byte); break;
        case 'd': found = isdigit(byte); break;
        case 'g': found = isgraph(byte); break;
        case 'l': found = islower(byte); break;
        case 'p': found = ispunct(byte); break;
        case 's': found = isspace(byte); break;
        case 'u': found = isupper(byte); break;
        case 'w': found = isalnum(byte); break;
        case 'x': found = isxdigit(byte); break;
        case 'z': found = byte == 0; break;
        default: return class == byte;
    }
    return isupper(class) ? !found : found;
}

// `set` is at '[', `last` at the closing ']'.
static bool pattern_is_in_set(int byte, const char *set, const char *last) {
    bool inside = true;
    const unsigned char *at = (const unsigned char *)set + 1, *stop = (const unsigned char *)last;
    if (*at == '^') {
        inside = false;
        at++;
    }
    for (; at < stop; at++) {
        if (*at == '%') {
            if (pattern_is_in_class(byte, *++at)) return inside;
        } else if (at[1] == '-' && at + 2 < stop) {
            if (at[0] <= byte && byte <= at[2]) return inside;
            at += 2;
        } else if (*at == byte) return inside;
    }
    return !inside;
}

static bool pattern_matches_one(pattern *p, const char *at, const char *text, const char *stop) {
    pattern_step(p);
    if (at >= p->subject_end) return false;
    int byte = (unsigned char)*at;
    switch (*text) {
        case '.': return true;
        case '%': return pattern_is_in_class(byte, (unsigned char)text[1]);
        case '[': return pattern_is_in_set(byte, text, stop - 1);
        default: return (unsigned char)*text == byte;
    }
}

static const char *pattern_repeat_most(pattern *p, const char *at, const char *text,
                                       const char *stop) {
    ptrdiff_t count = 0;
    while (pattern_matches_one(p, at + count, text, stop)) count++;
    for (; count >= 0; count--) {
        const char *end = pattern_match(p, at + count, stop + 1);
        if (end) return end;
    }
    return NULL;
}

static const char *pattern_repeat_least(pattern *p, const char *at, const char *text,
                                        const char *stop) {
    for (;; at++) {
        const char *end = pattern_match(p, at, stop + 1);
        if (end || !pattern_matches_one(p, at, text, stop)) return end;
    }
}

static const char *pattern_open_capture(pattern *p, const char *at, const char *text,
                                        ptrdiff_t kind) {
    if (p->captures_count >= CAPTURES_MAX) luaL_error(p->L, "too many captures");
    p->captures[p->captures_count++] = (capture){at, kind};
    const char *end = pattern_match(p, at, text);
    if (!end) p->captures_count--;
    return end;
}

static const char *pattern_close_capture(pattern *p, const char *at, const char *text) {
    int index = p->captures_count - 1;
    while (index >= 0 && p->captures[index].count != CAPTURE_OPEN) index--;
    if (index < 0) luaL_error(p->L, "invalid pattern capture");
    p->captures[index].count = at - p->captures[index].start;
    const char *end = pattern_match(p, at, text);
    if (!end) p->captures[index].count = CAPTURE_OPEN;
    return end;
}

static const char *pattern_match_balance(pattern *p, const char *at, const char *text) {
    if (text + 1 >= p->pattern_end)
        luaL_error(p->L, "malformed pattern (missing arguments to '%%b')");
    if (at >= p->subject_end || *at != text[0]) return NULL;
    int depth = 1;
    while (++at < p->subject_end) {
        pattern_step(p);
        if (*at == text[1]) {
            if (--depth == 0) return at + 1;
        } else if (*at == text[0]) depth++;
    }
    return NULL;
}

static bool pattern_is_frontier(pattern *p, const char *at, const char *set, const char *stop) {
    int before = at == p->subject ? 0 : (unsigned char)at[-1];
    int after = at == p->subject_end ? 0 : (unsigned char)*at;
    return !pattern_is_in_set(before, set, stop - 1) && pattern_is_in_set(after, set, stop - 1);
}

static const char *pattern_match_back(pattern *p, const char *at, int digit) {
    int index = digit - '1';
    if (index < 0 || index >= p->captures_count || p->captures[index].count == CAPTURE_OPEN)
        luaL_error(p->L, "invalid capture index %%%d", index + 1);
    ptrdiff_t count = p->captures[index].count;
    // A position capture has no text that could come again.
    if (count == CAPTURE_POSITION || p->subject_end - at < count) return NULL;
    p->steps += count / 16;
    return memcmp(p->captures[index].start, at, (size_t)count) == 0 ? at + count : NULL;
}

typedef enum outcome { MATCH_GOES_ON, MATCH_ENDS } outcome;

// An item that is neither special nor an escape: `*at` and `*text` move on, or `*end` is the
// answer.
static outcome pattern_match_item(pattern *p, const char **at, const char **text,
                                  const char **end) {
    const char *stop = pattern_item_end(p, *text);
    char suffix = stop < p->pattern_end ? *stop : 0;
    if (suffix == '*' || suffix == '-') {
        *end = (suffix == '*' ? pattern_repeat_most : pattern_repeat_least)(p, *at, *text, stop);
        return MATCH_ENDS;
    }
    bool matches = pattern_matches_one(p, *at, *text, stop);
    if (suffix == '+') {
        *end = matches ? pattern_repeat_most(p, *at + 1, *text, stop) : NULL;
        return MATCH_ENDS;
    }
    if (suffix == '?') {
        if (matches && (*end = pattern_match(p, *at + 1, stop + 1))) return MATCH_ENDS;
        *text = stop + 1;
        return MATCH_GOES_ON;
    }
    if (!matches) return *end = NULL, MATCH_ENDS;
    ++*at;
    *text = stop;
    return MATCH_GOES_ON;
}

// `%b`, `%f` and `%1` to `%9`; other escapes are items.
static outcome pattern_match_escape(pattern *p, const char **at, const char **text,
                                    const char **end) {
    const char *kind = *text + 1;
    if (kind < p->pattern_end && *kind == 'b') {
        *at = pattern_match_balance(p, *at, kind + 1);
        *text += 4;
    } else if (kind < p->pattern_end && *kind == 'f') {
        const char *set = kind + 1;
        if (set >= p->pattern_end || *set != '[')
            luaL_error(p->L, "missing '[' after '%%f' in pattern");
        *text = pattern_item_end(p, set);
        if (!pattern_is_frontier(p, *at, set, *text)) *at = NULL;
    } else if (kind < p->pattern_end && isdigit((unsigned char)*kind)) {
        *at = pattern_match_back(p, *at, (unsigned char)*kind);
        *text += 2;
    } else return pattern_match_item(p, at, text, end);
    *end = NULL;
    return *at ? MATCH_GOES_ON : MATCH_ENDS;
}

static outcome pattern_match_next(pattern *p, const char **at, const char **text,
                                  const char **end) {
    pattern_step(p);
    switch (**text) {
        case '(':
            *end = (*text)[1] == ')' ? pattern_open_capture(p, *at, *text + 2, CAPTURE_POSITION)
                                     : pattern_open_capture(p, *at, *text + 1, CAPTURE_OPEN);
            return MATCH_ENDS;
        case ')': *end = pattern_close_capture(p, *at, *text + 1); return MATCH_ENDS;
        case '$':
            if (*text + 1 != p->pattern_end) return pattern_match_item(p, at, text, end);
            *end = *at == p->subject_end ? *at : NULL;
            return MATCH_ENDS;
        case '%': return pattern_match_escape(p, at, text, end);
        default: return pattern_match_item(p, at, text, end);
    }
}

// Matches `text` at exactly `at`; the end of the match, or NULL.
const char *pattern_match(pattern *p, const char *at, const char *text) {
    if (++p->nesting > NESTING_MAX) luaL_error(p->L, "pattern too complex");
    const char *end = at;
    outcome next = MATCH_GOES_ON;
    while (next == MATCH_GOES_ON) {
        if (text == p->pattern_end) {
            end = at;
            break;
        }
        next = pattern_match_next(p, &at, &text, &end);
    }
    p->nesting--;
    return end;
}

// Capture `index`, counted from 0; without any capture, the whole match.
void pattern_push_capture(pattern *p, int index, const char *start, const char *stop) {
    if (index >= p->captures_count) {
        if (index != 0) luaL_error(p->L, "invalid capture index %%%d", index + 1);
        lua_pushlstring(p->L, start, (size_t)(stop - start));
        return;
    }
    const capture *found = &p->captures[index];
    if (found->count == CAPTURE_OPEN) luaL_error(p->L, "unfinished capture");
    if (found->count == CAPTURE_POSITION)
        lua_pushinteger(p->L, found->start - p->subject + 1);
    else lua_pushlstring(p->L, found->start, (size_t)found->count);
}

// Pushes all captures; without any, the whole match when `start` is given.
int pattern_push_captures(pattern *p, const char *start, const char *stop) {
    int count = p->captures_count == 0 && start ? 1 : p->captures_count;
    luaL_checkstack(p->L, count, "too many captures");
    for (int index = 0; index < count; index++) pattern_push_capture(p, index, start, stop);
    return count;
}
