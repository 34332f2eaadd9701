// The allocator of a state. It keeps the cap, bills big blocks as instructions, and tells a refusal
// that a collection healed from one that was raised: the second kind ends the run, whoever catches
// it.
#include "Interior.h"

#include <stdlib.h>

// Raised out of memory is not LUA_ERRMEM everywhere (a string buffer raises an ordinary error), and
// a `__close` may replace it. So it is known by what follows a refusal: Lua collects and asks for
// the very same block again, or it has raised and asks for another one.
static void memory_note_refusal(clua_state *s, void *block, size_t from, size_t to) {
    refusal *r = &s->refused;
    bool again = r->pending && r->block == block && r->from == from && r->to == to;
    *r = (refusal){true, block, from, to};
    if (again) budget_kill(s, s->running, KILL_MEMORY);
}

static bool memory_fits(const clua_state *s, bool is_string, size_t held, size_t to) {
    if (is_string && to > s->string_max) return false;
    return to - held <= s->memory_max && s->memory_used <= s->memory_max - (to - held);
}

static void *memory_grow(clua_state *s, void *block, size_t from, size_t to) {
    refusal *r = &s->refused;
    if (r->pending && (r->block != block || r->from != from || r->to != to))
        budget_kill(s, s->running, KILL_MEMORY);
    bool is_string = !block && from == LUA_TSTRING;
    if (!memory_fits(s, is_string, block ? from : 0, to)) {
        memory_note_refusal(s, block, from, to);
        return NULL;
    }
    r->pending = false;
    void *grown = realloc(block, to);
    if (!grown) return NULL;
    s->memory_used += to - (block ? from : 0);
    budget_bill_memory(s, to);
    return grown;
}

void *memory_allocate(void *state, void *block, size_t from, size_t to) {
    clua_state *s = state;
    if (to > (block ? from : 0)) return memory_grow(s, block, from, to);
    if (block) s->memory_used -= from - to;
    if (to == 0) {
        free(block);
        return NULL;
    }
    void *shrunk = realloc(block, to);
    return shrunk ? shrunk : block;
}

bool memory_is_lost(const clua_state *s) {
    return s->refused.pending || s->killed == KILL_MEMORY;
}

// Buffers of the string library ask once and raise, without a collection between: collect for them.
void memory_make_room(lua_State *L, size_t bytes) {
    clua_state *s = state_of(L);
    if (bytes < 4096 || (bytes < s->memory_max && s->memory_used < s->memory_max - bytes)) return;
    budget_charge(L, (int64_t)(s->memory_used / 64));
    lua_gc(L, LUA_GCCOLLECT);
}
