// What the files of this room share. A function that takes a `lua_State` may raise, and runs only
// below `lua_pcall` or `lua_resume`; one that takes a `clua_state` never does.
//
//     Memory.c     the allocator and its cap        Budget.c       hook, bill, kill
//     State.c      making and sealing a state       Answers.c      between two drives
//     Drive.c      the loop over coroutines         Coroutines.c   coroutine.*
//     Protect.c    pcall, error, the body           Errors.c       failures as Lua values
//     Frames.c     positions and tracebacks         Bytes.c        growing byte arrays
//     Encode.c     Lua to canonical JSON            Decode.c       JSON to Lua
//     Numbers.c    floats as canonical text         Globals.c      sealed tables, spelling
//     Modules.c    compiling and require            Primitives.c   the border's functions
//     Card.c       calling what a chunk returned    Identity.c     tostring
//     Pattern.c    the matcher                      Search.c       string.find to gsub
//     Strings.c    the rest of string.*, utf8.*     Tables.c       table.*
//     Order.c      pairs and next                   Clock.c        os.time and os.date
//     Strands.c    chains beside each other
//     Variables.c  an author's frames, to be shown
#pragma once
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdarg.h>
#include <string.h>

#include "CLua.h"

// Bytes that grow, outside of Lua's memory.
typedef struct bytes {
    char *data;
    size_t count, capacity;
} bytes;

void bytes_add(bytes *to, const char *data, size_t count);
void bytes_add_text(bytes *to, const char *text);
void bytes_add_format(bytes *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bytes_add_integer(bytes *to, int64_t number);
void bytes_add_json(bytes *to, const char *text, size_t count);
size_t bytes_valid_prefix(const char *text, size_t count);
void bytes_set(bytes *to, clua_text text);
void bytes_clear(bytes *to);
void bytes_free(bytes *from);

typedef enum request {
    REQUEST_NONE,
    REQUEST_CALL,
    REQUEST_MODULE,
    REQUEST_SLICE,
    REQUEST_RESUME,
    REQUEST_YIELD,
    REQUEST_KILL,
} request;

typedef enum kill {
    KILL_NONE,
    KILL_INSTRUCTIONS,
    KILL_BURST,
    KILL_MEMORY,
    KILL_TIME,
    KILL_STACK,
    KILL_CANCELLED,
} kill;

typedef enum answer {
    ANSWER_NONE,
    ANSWER_VALUE,
    ANSWER_FAILURE,
    ANSWER_INTERRUPT,  // a failure, raised in a `try_` as well
    ANSWER_MODULE,
} answer;

typedef enum cancellation { CANCEL_NONE, CANCEL_PENDING, CANCEL_RAISED } cancellation;

typedef struct refusal {
    bool pending;
    void *block;
    size_t from, to;
} refusal;

// Coroutines that wait for each other, the running one last.
typedef struct chain {
    lua_State **links;
    int depth, capacity;
} chain;

#define POSITION_FILE_MAX 256

typedef struct position {
    char file[POSITION_FILE_MAX];
    int line;
} position;

struct clua_state {
    clua_settings settings;
    lua_State *main;     // owns the registry; no author's code runs on it
    lua_State *running;  // the coroutine that runs now, for the allocator

    size_t memory_used, memory_max, string_max;
    refusal refused;

    int64_t instructions, instructions_max, burst, slice_used;
    int64_t slice_began, cpu_began, cpu_burst;
    bool measures_cpu, is_in_hook, is_sealed;
    kill killed;
    cancellation cancelled;
    int closing;

    lua_State **chain;  // that of the strand that runs; its place in `strands` is stale
    int depth, chain_capacity;
    chain *strands;
    int strand, strand_count;

    request request;
    lua_State *target;
    int target_arguments;
    bool outcome_failed;
    answer answer;

    bool is_try, is_loading_card, keeps_report;
    position position;
    bool provides_trusted;
    bytes subject, output, input, source, report, trace, cancel;
    int64_t clock;
    int64_t objects;
};

// The keys of the registry are the addresses of these.
enum {
    KEY_ROOT,
    KEY_LAST_ERROR,
    KEY_CARD,
    KEY_INVOKE,
    KEY_FAILURE_METATABLE,
    KEY_SEALED,
    KEY_NAMESPACE,
    KEY_OBJECTS,
    KEY_TRAVERSAL,
    KEY_PREPARED,
    KEY_STRANDS,
    KEY_COUNT
};
extern char registry_keys[KEY_COUNT];
#define KEY(name) ((void *)&registry_keys[name])

static inline clua_state *state_of(lua_State *L) {
    return *(clua_state **)lua_getextraspace(L);
}

// Memory.c
void *memory_allocate(void *state, void *block, size_t from, size_t to);
bool memory_is_lost(const clua_state *s);
void memory_make_room(lua_State *L, size_t bytes);

// Budget.c
void budget_arm(lua_State *L);
void budget_charge(lua_State *L, int64_t cost);
void budget_bill_memory(clua_state *s, size_t bytes);
void budget_kill(clua_state *s, lua_State *L, kill reason);
int budget_stop(lua_State *L);
int budget_stop_if_killed(lua_State *L);
bool budget_begin_slice(clua_state *s);
void budget_end_slice(clua_state *s);
void budget_begin_burst(clua_state *s);
int budget_raise_cancelled(lua_State *L);

// Frames.c
bool frames_position(lua_State *L, int level, position *found);
bool frames_author(clua_state *s, lua_State *L, position *found);
void frames_trace(clua_state *s, lua_State *L, bytes *to);
size_t frames_strip(lua_State *L, const char *text, size_t count, position *found);

// Errors.c
void errors_open(lua_State *L);
int errors_raise(lua_State *L, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int errors_raise_input(lua_State *L, const bytes *json);
void errors_push_input(lua_State *L, const bytes *json);
void errors_adorn(lua_State *L, int index);
void errors_report(lua_State *L, int index);
void errors_report_kill(clua_state *s);
void errors_report_plain(clua_state *s, const char *code, const char *message);

// Protect.c
void protect_open(lua_State *L);
int protect_body(lua_State *L);
int protect_message(lua_State *L);

// Drive.c
void drive_push(clua_state *s, lua_State *co);
bool drive_holds(const clua_state *s, const lua_State *co);
void drive_abandon(clua_state *s);
bool drive_protected(clua_state *s, lua_CFunction function, void *argument);

// Strands.c
bool strands_hold(const clua_state *s, const lua_State *co);
void strands_end(clua_state *s);
void strands_free(clua_state *s);
int strands_prepare(lua_State *L);

// Encode.c, Decode.c, Numbers.c
enum { FAULT_MAX = 512 };
bool encode_value(lua_State *L, int index, bool is_card, bytes *to, char fault[FAULT_MAX]);
bool encode_arguments(lua_State *L, int count, bytes *to, char fault[FAULT_MAX]);
void decode_value(lua_State *L, const char *json, size_t count);
int decode_elements(lua_State *L, const char *json, size_t count);
void numbers_write_float(bytes *to, double number);

// The rest
void globals_seal(lua_State *L);
void globals_push_sealed(lua_State *L, int index, const char *name);
bool globals_unseal(lua_State *L, int index);
void globals_push_hint(lua_State *L, int table, const char *word);
int globals_raise_unknown(lua_State *L, const char *owner);
typedef struct chunk {
    clua_text name, source;
    bool trusted;
} chunk;
void modules_compile(lua_State *L, chunk from);
void modules_open(lua_State *L);
void modules_guard(lua_State *L, int index);
void modules_guard_fields(lua_State *L, int index);
void modules_run_own(lua_State *L, const char *name, clua_text source, int arguments);
void primitives_open(lua_State *L);
void primitives_complete(lua_State *L, int index);
void primitives_push_border(lua_State *L);
int card_finish(lua_State *L);
int card_prepare_chunk(lua_State *L);
int card_prepare_call(lua_State *L);
void coroutines_open(lua_State *L);
void strings_open(lua_State *L);
void search_open(lua_State *L);
void tables_open(lua_State *L);
void order_open(lua_State *L);
void identity_open(lua_State *L);
const char *identity_text(lua_State *L, int index, size_t *count);
void order_push_pairs(lua_State *L, int index);
void clock_open(lua_State *L);

// Pattern.c
#define CAPTURES_MAX 32
typedef struct capture {
    const char *start;
    ptrdiff_t count;  // CAPTURE_POSITION, CAPTURE_OPEN or a length
} capture;
enum { CAPTURE_OPEN = -1, CAPTURE_POSITION = -2 };

typedef struct pattern {
    lua_State *L;
    const char *subject, *subject_end, *pattern_end;
    int64_t steps, steps_max;
    int nesting, captures_count;
    capture captures[CAPTURES_MAX];
} pattern;

void pattern_begin(pattern *p, lua_State *L, clua_text subject, clua_text text);
const char *pattern_match(pattern *p, const char *at, const char *text);
void pattern_end(pattern *p);
int pattern_push_captures(pattern *p, const char *start, const char *stop);
void pattern_push_capture(pattern *p, int index, const char *start, const char *stop);
