// The loop over coroutines. A coroutine does not resume another: it asks the driver to, and waits
// at the bottom of a chain. So a primitive reaches the driver in one step from any depth, and the
// depth costs no C stack.
//
//     chain:  root ── waits for ── producer ── waits for ── filter (running)
//                                                             │
//       ┌───────────── REQUEST_RESUME: push ──────────────────┤
//       ├───────────── REQUEST_YIELD, return, error: pop ─────┤
//       └─ REQUEST_CALL, MODULE, SLICE, KILL: out to the caller
#include "Interior.h"

#include <stdlib.h>

void drive_push(clua_state *s, lua_State *co) {
    if (s->depth == s->chain_capacity) {
        int capacity = s->chain_capacity ? s->chain_capacity * 2 : 8;
        lua_State **chain = realloc(s->chain, (size_t)capacity * sizeof *chain);
        // The process itself is out of memory; the journal makes the next start safe.
        if (!chain) abort();
        s->chain = chain;
        s->chain_capacity = capacity;
    }
    s->chain[s->depth++] = co;
}

bool drive_holds(const clua_state *s, const lua_State *co) {
    for (int index = s->depth - 1; index >= 0; index--)
        if (s->chain[index] == co) return true;
    return strands_hold(s, co);
}

void drive_abandon(clua_state *s) {
    s->depth = 0;
    if (s->strand > 0) {
        strands_end(s);
        return;
    }
    lua_pushnil(s->main);
    lua_rawsetp(s->main, LUA_REGISTRYINDEX, KEY(KEY_ROOT));
}

// Runs one of our own functions on the main thread; false: `output` is the failure.
bool drive_protected(clua_state *s, lua_CFunction function, void *argument) {
    lua_State *L = s->main;
    int top = lua_gettop(L);
    lua_State *before = s->running;
    s->running = NULL;
    s->keeps_report = false;
    lua_pushcfunction(L, protect_message);
    lua_insert(L, 1);
    lua_pushcfunction(L, function);
    lua_insert(L, 2);
    lua_pushlightuserdata(L, argument);
    int status = lua_pcall(L, top + 1, 0, 1);
    lua_settop(L, 0);
    s->running = before;
    if (status == LUA_OK) return true;
    if (status == LUA_ERRMEM || memory_is_lost(s)) {
        budget_kill(s, NULL, KILL_MEMORY);
        errors_report_kill(s);
    }
    bytes_set(&s->output, (clua_text){s->report.data, s->report.count});
    return false;
}

static clua_event drive_end_killed(clua_state *s) {
    errors_report_kill(s);
    bytes_set(&s->output, (clua_text){s->report.data, s->report.count});
    s->depth = 0;
    return CLUA_KILLED;
}

static clua_event drive_end_failed(clua_state *s) {
    if (s->killed != KILL_NONE || memory_is_lost(s)) {
        budget_kill(s, NULL, KILL_MEMORY);
        return drive_end_killed(s);
    }
    bytes_set(&s->output, (clua_text){s->report.data, s->report.count});
    drive_abandon(s);
    return CLUA_FAILED;
}

static clua_event drive_end_finished(clua_state *s, lua_State *root, int results) {
    lua_settop(s->main, 0);
    if (results == 0) lua_pushnil(s->main);
    else {
        lua_settop(root, lua_gettop(root) - results + 1);
        lua_xmove(root, s->main, 1);
    }
    drive_abandon(s);
    bool done = drive_protected(s, card_finish, NULL);
    if (s->killed != KILL_NONE) return drive_end_killed(s);
    return done ? CLUA_FINISHED : CLUA_FAILED;
}

// Hands `count` values of a coroutine that has left the chain to the one that waits for it.
static bool drive_hand_back(clua_state *s, lua_State *from, int count) {
    lua_State *to = s->chain[s->depth - 1];
    if (!lua_checkstack(to, count + 1)) {
        budget_kill(s, to, KILL_MEMORY);
        return false;
    }
    lua_xmove(from, to, count);
    return true;
}

// What a yield asked for; true when the loop goes on with `arguments`.
static bool drive_serve_yield(clua_state *s, lua_State *co, int results, int *arguments,
                              clua_event *event) {
    switch (s->request) {
        case REQUEST_RESUME:
            drive_push(s, s->target);
            *arguments = s->target_arguments;
            return true;
        case REQUEST_YIELD:
            s->depth--;
            s->outcome_failed = false;
            *arguments = results;
            if (drive_hand_back(s, co, results)) return true;
            *event = drive_end_killed(s);
            return false;
        case REQUEST_CALL: *event = CLUA_CALL; return false;
        case REQUEST_MODULE: *event = CLUA_MODULE; return false;
        case REQUEST_SLICE: *event = CLUA_SLICE; return false;
        default: *event = drive_end_killed(s); return false;
    }
}

// A coroutine has returned or raised; true when its resumer goes on.
static bool drive_serve_end(clua_state *s, lua_State *co, int status, int results, int *arguments,
                            clua_event *event) {
    bool failed = status != LUA_OK;
    bool lost = status == LUA_ERRMEM || (failed && memory_is_lost(s));
    if (lost) budget_kill(s, NULL, KILL_MEMORY);
    if (s->killed != KILL_NONE) {
        *event = drive_end_killed(s);
        return false;
    }
    if (s->depth == 1) {
        *event = failed ? drive_end_failed(s) : drive_end_finished(s, co, results);
        return false;
    }
    s->depth--;
    s->outcome_failed = failed;
    *arguments = failed ? 1 : results;
    // The coroutine keeps its error for `coroutine.close`.
    if (failed && lua_checkstack(co, 1)) lua_pushvalue(co, -1);
    if (drive_hand_back(s, co, *arguments)) return true;
    *event = drive_end_killed(s);
    return false;
}

static clua_event drive_loop(clua_state *s) {
    clua_event event = CLUA_KILLED;
    int arguments = 0, results = 0;
    bool goes_on = true;
    while (goes_on) {
        lua_State *co = s->chain[s->depth - 1];
        // A fresh coroutine holds its body, the function, and the arguments.
        if (lua_status(co) == LUA_OK) arguments = lua_gettop(co) - 1;
        s->running = co;
        s->request = REQUEST_NONE;
        int status = lua_resume(co, NULL, arguments, &results);
        s->running = NULL;
        goes_on = status == LUA_YIELD
            ? drive_serve_yield(s, co, results, &arguments, &event)
            : drive_serve_end(s, co, status, results, &arguments, &event);
    }
    return event;
}

clua_event clua_drive(clua_state *s) {
    if (!budget_begin_slice(s)) budget_kill(s, NULL, KILL_TIME);
    if (s->killed != KILL_NONE) return drive_end_killed(s);
    clua_event event = drive_loop(s);
    budget_end_slice(s);
    return event;
}
