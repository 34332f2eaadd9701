// What a run may use. Instructions are counted by a hook every BEAT instructions; long C work and
// big blocks are billed in the same coin. Each coroutine of Lua counts from zero, so a resume is
// billed as a whole beat: nothing is ever free.
//
// A kill must not be caught. It is a yield that is never resumed; where Lua cannot yield it is an
// error, and the hook then fires on every instruction until it can.
#define _GNU_SOURCE
#include "Interior.h"

#include <time.h>

enum { BEAT = 100, CALL_DEPTH_MAX = 16000, BYTES_PER_INSTRUCTION = 64 };
static const int64_t slice_nanoseconds_max = 20 * 1000 * 1000;
static const int64_t burst_cpu_nanoseconds_max = 2LL * 1000 * 1000 * 1000;

static void budget_hook(lua_State *L, lua_Debug *frame);

static int64_t clock_read(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

void budget_arm(lua_State *L) { lua_sethook(L, budget_hook, LUA_MASKCOUNT, BEAT); }

static void budget_fire_soon(lua_State *L) { lua_sethook(L, budget_hook, LUA_MASKCOUNT, 1); }

static void budget_bill(clua_state *s, int64_t cost) {
    if (cost > s->settings.instructions_max) cost = s->settings.instructions_max;
    s->instructions += cost;
    s->burst += cost;
    s->slice_used += cost;
}

static kill budget_exceeded(const clua_state *s) {
    if (s->instructions >= s->instructions_max)
        return s->cancelled == CANCEL_RAISED ? KILL_CANCELLED : KILL_INSTRUCTIONS;
    return s->burst >= s->settings.burst_max ? KILL_BURST : KILL_NONE;
}

// Writes the report at once: later the stack may be unwound, or must not be touched.
void budget_kill(clua_state *s, lua_State *L, kill reason) {
    if (s->killed != KILL_NONE) return;
    s->killed = reason;
    s->memory_max += s->settings.memory_reserve;
    s->refused.pending = false;
    bytes_clear(&s->trace);
    s->position.line = 0;
    if (!L) return;
    frames_author(s, L, &s->position);
    frames_trace(s, L, &s->trace);
    budget_fire_soon(L);
}

int budget_stop(lua_State *L) {
    state_of(L)->request = REQUEST_KILL;
    if (lua_isyieldable(L)) return lua_yield(L, 0);
    budget_fire_soon(L);
    lua_pushboolean(L, 0);
    return lua_error(L);
}

int budget_stop_if_killed(lua_State *L) {
    return state_of(L)->killed == KILL_NONE ? 0 : budget_stop(L);
}

void budget_charge(lua_State *L, int64_t cost) {
    clua_state *s = state_of(L);
    budget_bill(s, cost);
    kill reason = budget_exceeded(s);
    if (reason != KILL_NONE && s->running) {
        budget_kill(s, L, reason);
        budget_stop(L);
    }
    if (s->slice_used >= s->settings.slice && s->running) budget_fire_soon(L);
}

// Called by the allocator, which cannot raise: the hook does it at the next instruction.
void budget_bill_memory(clua_state *s, size_t bytes) {
    if (bytes < 1024) return;
    budget_bill(s, (int64_t)(bytes / BYTES_PER_INSTRUCTION));
    if (s->running && s->slice_used >= s->settings.slice) budget_fire_soon(s->running);
}

int budget_raise_cancelled(lua_State *L) {
    clua_state *s = state_of(L);
    s->cancelled = CANCEL_RAISED;
    s->instructions_max = s->instructions + s->settings.grace;
    budget_begin_burst(s);
    return errors_raise_input(L, &s->cancel);
}

static bool budget_slice_is_over(const clua_state *s) {
    return s->slice_used >= s->settings.slice
        || clock_read(CLOCK_MONOTONIC_COARSE) - s->slice_began > slice_nanoseconds_max;
}

// Lua's own limit is a million slots, and code that catches its error can stay there for ever,
// where each error moves the whole stack: so the first limit can be caught, the second cannot.
static void budget_check_depth(lua_State *L, lua_Debug *frame) {
    if (!lua_getstack(L, CALL_DEPTH_MAX, frame)) return;
    if (lua_getstack(L, 2 * CALL_DEPTH_MAX, frame)) {
        budget_kill(state_of(L), L, KILL_STACK);
        budget_stop(L);
    } else {
        errors_raise(L, "lua.stack_exhausted",
                     "functions call each other more than %d levels deep", CALL_DEPTH_MAX);
    }
}

static void budget_beat(clua_state *s, lua_State *L, lua_Debug *frame) {
    int beat = lua_gethookcount(L);
    if (s->killed == KILL_NONE) {
        budget_bill(s, beat);
        kill reason = budget_exceeded(s);
        if (reason != KILL_NONE) budget_kill(s, L, reason);
    }
    if (s->killed != KILL_NONE) {
        budget_stop(L);
        return;
    }
    if (beat != BEAT) budget_arm(L);
    if (s->cancelled == CANCEL_PENDING) budget_raise_cancelled(L);
    if (!budget_slice_is_over(s)) return;
    budget_check_depth(L, frame);
    if (s->killed != KILL_NONE || !lua_isyieldable(L)) return;
    s->request = REQUEST_SLICE;
    lua_yield(L, 0);
}

// Lua runs a message handler while the hook that raised is still under way, and hooks do not nest:
// an author's handler would run without a budget. The flag keeps it from being called.
static void budget_hook(lua_State *L, lua_Debug *frame) {
    clua_state *s = state_of(L);
    s->is_in_hook = true;
    budget_beat(s, L, frame);
    s->is_in_hook = false;
}

// False when the burst has used its processor time: a few instructions can compare huge strings for
// seconds. The clock of the thread is read only once a slice took longer than any honest one.
bool budget_begin_slice(clua_state *s) {
    if (s->cpu_burst > burst_cpu_nanoseconds_max) return false;
    s->slice_used = 0;
    s->slice_began = clock_read(CLOCK_MONOTONIC_COARSE);
    if (s->measures_cpu) s->cpu_began = clock_read(CLOCK_THREAD_CPUTIME_ID);
    return true;
}

void budget_end_slice(clua_state *s) {
    if (s->measures_cpu) s->cpu_burst += clock_read(CLOCK_THREAD_CPUTIME_ID) - s->cpu_began;
    s->measures_cpu = clock_read(CLOCK_MONOTONIC_COARSE) - s->slice_began > slice_nanoseconds_max;
}

void budget_begin_burst(clua_state *s) {
    s->burst = 0;
    s->cpu_burst = 0;
}
