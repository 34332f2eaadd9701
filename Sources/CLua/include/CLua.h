// The whole face of the interpreter: a dozen functions over one opaque handle. Nothing here raises
// or jumps: whatever Lua raises ends inside, and comes out as an event or as false.
//
// One handle belongs to one caller at a time. Texts that are handed in are copied; texts that are
// handed out belong to the handle and hold until its next call.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct clua_state clua_state;

typedef struct clua_text {
    const char *bytes;
    size_t count;
} clua_text;

/// The names of primitives, `namespace.verb`, shared by the states that know them.
typedef struct clua_names clua_names;

/// NULL when a name has no point, or there is no memory. The texts are copied.
clua_names *clua_names_make(const clua_text *names, size_t count);
void clua_names_free(clua_names *names);

typedef struct clua_settings {
    /// Outlives the state; NULL for none.
    const clua_names *names;
    size_t memory_max;
    size_t memory_reserve;
    size_t payload_max;
    int64_t instructions_max;
    int64_t burst_max;
    int64_t slice;
    int64_t grace;
    uint64_t seed;
    int64_t start_microseconds;
    int32_t nesting_max;
} clua_settings;

typedef enum clua_event {
    CLUA_CALL,      // `clua_subject` is the primitive, `clua_output` its arguments
    CLUA_MODULE,    // `clua_subject` is the name that `require` asks for
    CLUA_SLICE,
    CLUA_FINISHED,  // `clua_output` is the result
    CLUA_FAILED,    // `clua_output` is the failure
    CLUA_KILLED,    // the same, and the state is of no more use
} clua_event;

/// NULL when the settings leave too little memory for an empty state.
clua_state *clua_open(const clua_settings *settings);
void clua_close(clua_state *state);

/// Before `clua_seal`. False: `clua_output` is the failure.
bool clua_run_prelude(clua_state *state, clua_text name, clua_text source);
bool clua_seal(clua_state *state);

/// Prepare what `clua_drive` runs: a chunk, or a function of the card (`path` and `arguments` are
/// JSON lists). False: `clua_output` is the failure.
bool clua_load(clua_state *state, clua_text name, clua_text source, bool trusted);
bool clua_call(clua_state *state, clua_text path, clua_text arguments);

clua_event clua_drive(clua_state *state);

/// Makes a strand of each function that `border.prepare` was given; returns the number of the
/// first, and how many. 0: `clua_output` is the failure. A strand ends with `CLUA_FINISHED`.
int clua_fork(clua_state *state, int *count);
/// Turns to a strand, where `clua_drive` and the answers go from now on; the first is 0.
void clua_turn(clua_state *state, int strand);

/// Answers to `CLUA_CALL`; `clua_raise` also refuses a `CLUA_MODULE`.
void clua_reply(clua_state *state, clua_text json);
void clua_raise(clua_state *state, clua_text failure);
/// Like `clua_raise`, but raises in a `try_` as well.
void clua_interrupt(clua_state *state, clua_text failure);
/// Answers to `CLUA_MODULE`.
void clua_provide(clua_state *state, clua_text name, clua_text source, bool trusted);

/// At any time: raises where the state stands, then allows the grace. The second time kills.
void clua_cancel(clua_state *state, clua_text failure);

void clua_set_clock(clua_state *state, int64_t microseconds);

clua_text clua_subject(const clua_state *state);
clua_text clua_output(const clua_state *state);
bool clua_is_try(const clua_state *state);
/// The author's line behind the last call; `line` is 0 when there is none.
clua_text clua_position(const clua_state *state, int *line);
/// While a call waits: the author's frames with their variables, as `clua_output`. False: that is
/// the failure.
bool clua_variables(clua_state *state);
size_t clua_memory_used(const clua_state *state);
int64_t clua_instructions_used(const clua_state *state);
