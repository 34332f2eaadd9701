// The rest of the face: what is prepared, answered and asked between two drives.
#include "Interior.h"

bool clua_load(clua_state *s, clua_text name, clua_text source, bool trusted) {
    return drive_protected(s, card_prepare_chunk, &(chunk){name, source, trusted});
}

bool clua_call(clua_state *s, clua_text path, clua_text arguments) {
    bytes_set(&s->source, path);
    bytes_set(&s->input, arguments);
    bool done = drive_protected(s, card_prepare_call, NULL);
    bytes_clear(&s->source);
    bytes_clear(&s->input);
    return done;
}

static void answers_set(clua_state *s, answer kind, clua_text input) {
    bytes_set(&s->input, input);
    s->answer = kind;
    budget_begin_burst(s);
}

void clua_reply(clua_state *s, clua_text json) { answers_set(s, ANSWER_VALUE, json); }

void clua_raise(clua_state *s, clua_text failure) { answers_set(s, ANSWER_FAILURE, failure); }

void clua_interrupt(clua_state *s, clua_text failure) {
    answers_set(s, ANSWER_INTERRUPT, failure);
}

void clua_provide(clua_state *s, clua_text name, clua_text source, bool trusted) {
    bytes_set(&s->input, name);
    bytes_set(&s->source, source);
    s->provides_trusted = trusted;
    s->answer = ANSWER_MODULE;
}

void clua_cancel(clua_state *s, clua_text failure) {
    bytes_set(&s->cancel, failure);
    if (s->cancelled == CANCEL_NONE) s->cancelled = CANCEL_PENDING;
    else budget_kill(s, NULL, KILL_CANCELLED);
}

void clua_set_clock(clua_state *s, int64_t microseconds) { s->clock = microseconds; }

clua_text clua_subject(const clua_state *s) {
    return (clua_text){s->subject.data, s->subject.count};
}

clua_text clua_output(const clua_state *s) { return (clua_text){s->output.data, s->output.count}; }

bool clua_is_try(const clua_state *s) { return s->is_try; }

clua_text clua_position(const clua_state *s, int *line) {
    *line = s->position.line;
    return (clua_text){s->position.file, s->position.line > 0 ? strlen(s->position.file) : 0};
}

size_t clua_memory_used(const clua_state *s) { return s->memory_used; }

int64_t clua_instructions_used(const clua_state *s) { return s->instructions; }
