// Strands: chains of coroutines beside each other in one state, so that what waits in one does not
// keep the others from running, and all share their upvalues. One runs at a time, until it calls a
// primitive or ends; which one goes on, and when, is decided outside, never here.
//
//     strand 0   root ── …              the function that was called
//     strand n   root ── …              a function that `border.prepare` was given
#include "Interior.h"

#include <stdlib.h>

// Puts the chain that runs back into its place.
static void strands_keep(clua_state *s) {
    if (!s->strands) return;
    s->strands[s->strand] = (chain){s->chain, s->depth, s->chain_capacity};
}

static void strands_take(clua_state *s, int strand) {
    chain *taken = &s->strands[strand];
    s->strand = strand;
    s->chain = taken->links;
    s->depth = taken->depth;
    s->chain_capacity = taken->capacity;
    *taken = (chain){0};
}

// The chain that runs is not among these: its place is empty.
bool strands_hold(const clua_state *s, const lua_State *co) {
    for (int strand = 0; s->strands && strand < s->strand_count; strand++) {
        const chain *other = &s->strands[strand];
        for (int index = other->depth - 1; index >= 0; index--)
            if (other->links[index] == co) return true;
    }
    return false;
}

void strands_free(clua_state *s) {
    for (int strand = 0; s->strands && strand < s->strand_count; strand++)
        free(s->strands[strand].links);
    free(s->strands);
}

// border.prepare(functions): what the next fork makes strands of.
int strands_prepare(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, KEY(KEY_PREPARED));
    return 0;
}

// Gives `count` more strands an empty place.
static void strands_make_room(clua_state *s, int count) {
    int first = s->strand_count ? s->strand_count : 1;
    chain *strands = realloc(s->strands, (size_t)(first + count) * sizeof *strands);
    // The process itself is out of memory; the journal makes the next start safe.
    if (!strands) abort();
    size_t made = (size_t)(first + count - s->strand_count);
    memset(&strands[s->strand_count], 0, made * sizeof *strands);
    s->strands = strands;
    s->strand_count = first + count;
}

// (functions, anchors, index) Makes the strand `number` of the function at `index`.
static void strands_begin(lua_State *L, int index, int number) {
    clua_state *s = state_of(L);
    lua_State *root = lua_newthread(L);
    lua_rawseti(L, 2, number);
    budget_arm(root);
    lua_pushcfunction(root, protect_body);
    lua_rawgeti(L, 1, index);
    luaL_checktype(L, -1, LUA_TFUNCTION);
    lua_xmove(L, root, 1);
    int running = s->strand;
    strands_keep(s);
    strands_take(s, number);
    drive_push(s, root);
    strands_keep(s);
    strands_take(s, running);
}

static int strands_fork(lua_State *L) {
    int *count = lua_touserdata(L, 1);
    clua_state *s = state_of(L);
    lua_settop(L, 0);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, KEY(KEY_PREPARED)) != LUA_TTABLE)
        return luaL_error(L, "nothing was prepared to fork");
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, KEY(KEY_STRANDS)) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, KEY(KEY_STRANDS));
    }
    *count = (int)lua_rawlen(L, 1);
    strands_make_room(s, *count);
    for (int index = 1; index <= *count; index++)
        strands_begin(L, index, s->strand_count - *count + index - 1);
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, KEY(KEY_PREPARED));
    return 0;
}

int clua_fork(clua_state *s, int *count) {
    return drive_protected(s, strands_fork, count) ? s->strand_count - *count : 0;
}

void clua_turn(clua_state *s, int strand) {
    if (strand == s->strand) return;
    strands_keep(s);
    strands_take(s, strand);
}

// The strand that runs has ended: its coroutine may be collected.
void strands_end(clua_state *s) {
    lua_State *L = s->main;
    lua_rawgetp(L, LUA_REGISTRYINDEX, KEY(KEY_STRANDS));
    lua_pushboolean(L, 0);
    lua_rawseti(L, -2, s->strand);
    lua_pop(L, 1);
}
