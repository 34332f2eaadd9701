// JSON to Lua, in a coroutine, so that what cannot be held raises there. A null field is left out;
// a null in a list leaves a hole, which cannot cross the border again.
#include "Interior.h"

#include <errno.h>
#include <stdlib.h>

enum { NUMBER_MAX = 400 };

typedef struct decoder {
    lua_State *L;
    const char *begin, *at, *end;
    int depth;
} decoder;

static void decode_any(decoder *d);

static int decode_fail(decoder *d) {
    return errors_raise(d->L, "muster.fault", "not JSON at byte %d of an answer",
                        (int)(d->at - d->begin));
}

static void decode_skip_space(decoder *d) {
    while (d->at < d->end && strchr(" \t\r\n", *d->at) && *d->at) d->at++;
}

static bool decode_take(decoder *d, char mark) {
    decode_skip_space(d);
    if (d->at >= d->end || *d->at != mark) return false;
    d->at++;
    return true;
}

static void decode_expect(decoder *d, char mark) {
    if (!decode_take(d, mark)) decode_fail(d);
}

static unsigned decode_hex(decoder *d) {
    unsigned number = 0;
    if (d->end - d->at < 4) decode_fail(d);
    for (int digit = 0; digit < 4; digit++, d->at++) {
        char c = *d->at;
        if (c >= '0' && c <= '9') number = number * 16 + (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f') number = number * 16 + (unsigned)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F') number = number * 16 + (unsigned)(c - 'A' + 10);
        else decode_fail(d);
    }
    return number;
}

static unsigned decode_code_point(decoder *d) {
    unsigned high = decode_hex(d);
    if (high < 0xD800 || high > 0xDFFF) return high;
    if (high > 0xDBFF || d->end - d->at < 6 || d->at[0] != '\\' || d->at[1] != 'u') decode_fail(d);
    d->at += 2;
    unsigned low = decode_hex(d);
    if (low < 0xDC00 || low > 0xDFFF) decode_fail(d);
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

static char *decode_put_utf8(char *to, unsigned point) {
    if (point < 0x80) {
        *to++ = (char)point;
        return to;
    }
    int tail = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    *to++ = (char)((0xF00 >> (tail + 1) & 0xFF) | point >> (6 * tail));
    while (tail-- > 0) *to++ = (char)(0x80 | (point >> (6 * tail) & 0x3F));
    return to;
}

static char *decode_escape(decoder *d, char *to) {
    static const char marks[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (d->at >= d->end) decode_fail(d);
    char mark = *d->at++;
    if (mark == 'u') return decode_put_utf8(to, decode_code_point(d));
    const char *found = mark ? strchr(marks, mark) : NULL;
    if (!found) decode_fail(d);
    *to = meanings[found - marks];
    return to + 1;
}

// Text with escapes is never longer than what it was written as.
static void decode_escaped(decoder *d, const char *from, size_t count) {
    char *text = lua_newuserdatauv(d->L, count, 0), *to = text;
    const char *stop = from + count;
    d->at = from;
    while (d->at < stop) {
        if (*d->at == '\\') {
            d->at++;
            to = decode_escape(d, to);
        } else *to++ = *d->at++;
    }
    lua_pushlstring(d->L, text, (size_t)(to - text));
    lua_remove(d->L, -2);
}

static void decode_text(decoder *d) {
    decode_expect(d, '"');
    const char *from = d->at;
    bool is_escaped = false;
    while (d->at < d->end && *d->at != '"') {
        if (*d->at == '\\') {
            is_escaped = true;
            d->at++;
        }
        d->at++;
    }
    if (d->at >= d->end) decode_fail(d);
    const char *stop = d->at;
    if (is_escaped) decode_escaped(d, from, (size_t)(stop - from));
    else lua_pushlstring(d->L, from, (size_t)(stop - from));
    d->at = stop + 1;
}

static void decode_number(decoder *d) {
    char digits[NUMBER_MAX];
    size_t count = 0;
    bool is_float = false;
    while (d->at < d->end && *d->at && strchr("+-0123456789.eE", *d->at)) {
        if (count + 1 >= NUMBER_MAX) decode_fail(d);
        is_float |= strchr(".eE", *d->at) != NULL;
        digits[count++] = *d->at++;
    }
    digits[count] = 0;
    char *stop;
    errno = 0;
    long long integer = strtoll(digits, &stop, 10);
    if (!is_float && errno == 0 && count > 0 && *stop == 0) {
        lua_pushinteger(d->L, integer);
        return;
    }
    double number = strtod(digits, &stop);
    if (count == 0 || *stop != 0) decode_fail(d);
    lua_pushnumber(d->L, number);
}

static void decode_word(decoder *d, const char *word) {
    size_t count = strlen(word);
    if ((size_t)(d->end - d->at) < count || memcmp(d->at, word, count) != 0) decode_fail(d);
    d->at += count;
}

static void decode_list(decoder *d) {
    decode_expect(d, '[');
    lua_newtable(d->L);
    if (decode_take(d, ']')) return;
    lua_Integer index = 1;
    do {
        decode_any(d);
        lua_rawseti(d->L, -2, index++);
    } while (decode_take(d, ','));
    decode_expect(d, ']');
}

static void decode_object(decoder *d) {
    decode_expect(d, '{');
    lua_newtable(d->L);
    if (decode_take(d, '}')) return;
    do {
        decode_skip_space(d);
        decode_text(d);
        decode_expect(d, ':');
        decode_any(d);
        lua_rawset(d->L, -3);
    } while (decode_take(d, ','));
    decode_expect(d, '}');
}

static void decode_any(decoder *d) {
    luaL_checkstack(d->L, 8, "answer nested too deeply");
    decode_skip_space(d);
    if (d->at >= d->end || ++d->depth > 2 * state_of(d->L)->settings.nesting_max) decode_fail(d);
    switch (*d->at) {
        case '{': decode_object(d); break;
        case '[': decode_list(d); break;
        case '"': decode_text(d); break;
        case 't': decode_word(d, "true"), lua_pushboolean(d->L, 1); break;
        case 'f': decode_word(d, "false"), lua_pushboolean(d->L, 0); break;
        case 'n': decode_word(d, "null"), lua_pushnil(d->L); break;
        default: decode_number(d);
    }
    d->depth--;
}

void decode_value(lua_State *L, const char *json, size_t count) {
    decoder d = {L, json, json, json + count, 0};
    decode_any(&d);
    decode_skip_space(&d);
    if (d.at < d.end) decode_fail(&d);
}

// Pushes the elements of a JSON list, nulls as nil; how many there are.
int decode_elements(lua_State *L, const char *json, size_t count) {
    decoder d = {L, json, json, json + count, 0};
    int elements = 0;
    decode_expect(&d, '[');
    if (decode_take(&d, ']')) return 0;
    do {
        decode_any(&d);
        elements++;
    } while (decode_take(&d, ','));
    decode_expect(&d, ']');
    return elements;
}
