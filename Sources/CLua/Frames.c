// Whose line it was. An author's chunk is named `@path`; library chunks are named `=word` and our
// own `=(word)`: blame falls on the nearest author's line, and the traceback leaves the machinery
// out.
#include "Interior.h"

#include <stdio.h>

enum { TRACE_FIRST = 12, TRACE_LAST = 8 };

static bool frames_is_author(const lua_Debug *frame) { return frame->source[0] == '@'; }

static bool frames_take(const lua_Debug *frame, position *found) {
    size_t count = strlen(frame->source + 1);
    if (count >= POSITION_FILE_MAX) count = POSITION_FILE_MAX - 1;
    memcpy(found->file, frame->source + 1, count);
    found->file[count] = 0;
    found->line = frame->currentline;
    return true;
}

bool frames_position(lua_State *L, int level, position *found) {
    lua_Debug frame;
    for (; lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        if (frames_is_author(&frame)) return frames_take(&frame, found);
    }
    return false;
}

// How many coroutines of the chain wait for `L`; all of them when it is none of the chain.
static int frames_waiting(const clua_state *s, const lua_State *L) {
    for (int index = s->depth - 1; index >= 0; index--)
        if (s->chain[index] == L) return index;
    return s->depth;
}

bool frames_author(clua_state *s, lua_State *L, position *found) {
    found->line = 0;
    if (frames_position(L, 0, found)) return true;
    for (int index = frames_waiting(s, L) - 1; index >= 0; index--)
        if (frames_position(s->chain[index], 0, found)) return true;
    return false;
}

static void frames_write(const lua_Debug *frame, bytes *to) {
    bytes_add_format(to, "%s:%d: in ", frame->source + 1, frame->currentline);
    if (frame->name) bytes_add_format(to, "%s '%s'\n", frame->namewhat, frame->name);
    else if (*frame->what == 'm') bytes_add_text(to, "main chunk\n");
    else bytes_add_format(to, "function defined at line %d\n", frame->linedefined);
}

// Of a row of library frames only the innermost is written; C and our own Lua never.
static bool frames_is_shown(const lua_Debug *frame, bool *in_library) {
    bool author = frames_is_author(frame);
    bool library = frame->source[0] == '=' && frame->source[1] != '(' && frame->source[1] != '[';
    bool shown = author || (library && !*in_library);
    if (author || library) *in_library = library;
    return shown;
}

static int frames_depth(lua_State *L) {
    lua_Debug frame;
    int low = 0, high = 1;
    while (lua_getstack(L, high, &frame)) high *= 2;
    while (low < high) {
        int middle = (low + high) / 2;
        if (lua_getstack(L, middle, &frame)) low = middle + 1;
        else high = middle;
    }
    return low;
}

static void frames_trace_one(lua_State *L, bytes *to) {
    lua_Debug frame;
    bool in_library = false;
    int depth = frames_depth(L);
    for (int level = 0; level < depth; level++) {
        if (level == TRACE_FIRST && depth > TRACE_FIRST + TRACE_LAST) {
            level = depth - TRACE_LAST;
            bytes_add_text(to, "...\n");
        }
        if (!lua_getstack(L, level, &frame)) return;
        lua_getinfo(L, "Sln", &frame);
        if (frames_is_shown(&frame, &in_library)) frames_write(&frame, to);
    }
}

void frames_trace(clua_state *s, lua_State *L, bytes *to) {
    frames_trace_one(L, to);
    int waiting = frames_waiting(s, L);
    for (int index = waiting - 1; index >= 0; index--) {
        if (waiting - index > TRACE_FIRST && index > TRACE_LAST) continue;
        bytes_add_text(to, "resumed by\n");
        frames_trace_one(s->chain[index], to);
    }
    if (to->count > 0) to->count--;
}

static size_t frames_prefix(const char *text, size_t count, const char *file, int line) {
    char prefix[POSITION_FILE_MAX + 16];
    int length = snprintf(prefix, sizeof prefix, "%s:%d: ", file, line);
    bool matches = (size_t)length <= count && memcmp(text, prefix, (size_t)length) == 0;
    return matches ? (size_t)length : 0;
}

// The length of the `FILE:LINE: ` with which Lua begins a message, when that frame is on the stack;
// the position becomes the frame's if it is an author's.
size_t frames_strip(lua_State *L, const char *text, size_t count, position *found) {
    lua_Debug frame;
    for (int level = 0; level < 64 && lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        size_t length = frames_prefix(text, count, frame.short_src, frame.currentline);
        if (length == 0) continue;
        if (frames_is_author(&frame)) frames_take(&frame, found);
        return length;
    }
    return 0;
}
