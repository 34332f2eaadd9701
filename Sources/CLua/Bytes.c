// Byte arrays of our own, outside of Lua's memory and its cap: what travels over the border.
#include "Interior.h"

#include <stdio.h>
#include <stdlib.h>

static void bytes_reserve(bytes *to, size_t more) {
    if (to->count + more <= to->capacity) return;
    size_t capacity = to->capacity ? to->capacity * 2 : 256;
    while (capacity < to->count + more) capacity *= 2;
    char *data = realloc(to->data, capacity);
    // The process itself is out of memory; the journal makes the next start safe.
    if (!data) abort();
    to->data = data;
    to->capacity = capacity;
}

void bytes_add(bytes *to, const char *data, size_t count) {
    if (count == 0) return;
    bytes_reserve(to, count);
    memcpy(to->data + to->count, data, count);
    to->count += count;
}

void bytes_add_text(bytes *to, const char *text) { bytes_add(to, text, strlen(text)); }

void bytes_add_format(bytes *to, const char *format, ...) {
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (count < 0) return;
    bytes_add(to, line, (size_t)count < sizeof line ? (size_t)count : sizeof line - 1);
}

void bytes_add_integer(bytes *to, int64_t number) {
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0) *--at = '-';
    bytes_add(to, at, (size_t)(digits + sizeof digits - at));
}

void bytes_set(bytes *to, clua_text text) {
    bytes_clear(to);
    bytes_add(to, text.bytes, text.count);
}

// Large buffers are given back, so that a parked state stays small.
void bytes_clear(bytes *to) {
    to->count = 0;
    if (to->capacity > 16 << 10) bytes_free(to);
}

void bytes_free(bytes *from) {
    free(from->data);
    *from = (bytes){0};
}

// The length of the UTF-8 sequence at `at`, or 0 when there is none.
static size_t utf8_length(const unsigned char *at, size_t left) {
    if (at[0] < 0x80) return 1;
    size_t length = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || length > left) return 0;
    for (size_t index = 1; index < length; index++)
        if ((at[index] & 0xC0) != 0x80) return 0;
    bool overlong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
    bool outside = (at[0] == 0xED && at[1] > 0x9F) || (at[0] == 0xF4 && at[1] > 0x8F);
    return overlong || outside ? 0 : length;
}

static void bytes_add_escaped(bytes *to, unsigned char byte) {
    switch (byte) {
        case '"': bytes_add_text(to, "\\\""); break;
        case '\\': bytes_add_text(to, "\\\\"); break;
        case '\n': bytes_add_text(to, "\\n"); break;
        case '\r': bytes_add_text(to, "\\r"); break;
        case '\t': bytes_add_text(to, "\\t"); break;
        default: bytes_add_format(to, "\\u%04x", byte);
    }
}

// How many bytes from the start are UTF-8.
size_t bytes_valid_prefix(const char *text, size_t count) {
    const unsigned char *at = (const unsigned char *)text;
    size_t index = 0;
    while (index < count) {
        size_t length = utf8_length(at + index, count - index);
        if (length == 0) break;
        index += length;
    }
    return index;
}

// A JSON string; bytes that are not UTF-8 become the replacement character.
void bytes_add_json(bytes *to, const char *text, size_t count) {
    const unsigned char *at = (const unsigned char *)text;
    bytes_add(to, "\"", 1);
    size_t plain = 0, index = 0;
    while (index < count) {
        size_t length = utf8_length(at + index, count - index);
        unsigned char byte = at[index];
        bool special = byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F;
        if (length > 0 && !special) {
            index += length;
            continue;
        }
        bytes_add(to, text + plain, index - plain);
        if (length == 0) bytes_add_text(to, "\xEF\xBF\xBD");
        else bytes_add_escaped(to, at[index]);
        plain = ++index;
    }
    bytes_add(to, text + plain, count - plain);
    bytes_add(to, "\"", 1);
}
