// Floats as text: the shortest digits that read back equal, with a point or an exponent always. The
// same form as Swift's `Double.description`, which Model writes; a test holds the two together.
#include "Interior.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NUMBER_MAX = 40 };

static bool numbers_try(double number, int digits, char text[NUMBER_MAX]) {
    snprintf(text, NUMBER_MAX, "%.*e", digits - 1, number);
    return strtod(text, NULL) == number;
}

// At a power of two the gap below is half the gap above, so the digits next above may fit where the
// nearest ones, which lie below, do not.
static bool numbers_try_above(double number, char text[NUMBER_MAX]) {
    int exponent;
    if (frexp(number, &exponent) != 0.5) return false;
    char *digit = strchr(text, 'e') - 1;
    while (digit > text && *digit == '9') *digit-- = '0';
    if (*digit < '0' || *digit > '8') return false;
    ++*digit;
    return strtod(text, NULL) == number;
}

// Fifteen digits always tell normal numbers apart if so many suffice; below that, fewer may do.
static void numbers_shortest(double number, char text[NUMBER_MAX]) {
    bool is_normal = number >= 0x1p-1022;
    for (int digits = is_normal ? 15 : 1; digits < 17; digits++)
        if (numbers_try(number, digits, text) || numbers_try_above(number, text)) return;
    numbers_try(number, 17, text);
}

static void numbers_write_plain(bytes *to, const char *digits, int count, int exponent) {
    if (exponent < 0) {
        bytes_add_text(to, "0.");
        for (int zero = -1; zero > exponent; zero--) bytes_add_text(to, "0");
        bytes_add(to, digits, (size_t)count);
        return;
    }
    int whole = exponent + 1;
    bytes_add(to, digits, (size_t)(count < whole ? count : whole));
    for (int zero = count; zero < whole; zero++) bytes_add_text(to, "0");
    bytes_add_text(to, ".");
    if (count > whole) bytes_add(to, digits + whole, (size_t)(count - whole));
    else bytes_add_text(to, "0");
}

static void numbers_write_scientific(bytes *to, const char *digits, int count, int exponent) {
    bytes_add(to, digits, 1);
    if (count > 1) bytes_add_text(to, ".");
    bytes_add(to, digits + 1, (size_t)(count - 1));
    bytes_add_format(to, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

void numbers_write_float(bytes *to, double number) {
    if (signbit(number)) bytes_add_text(to, "-");
    number = fabs(number);
    if (number == 0) {
        bytes_add_text(to, "0.0");
        return;
    }
    char text[NUMBER_MAX];
    numbers_shortest(number, text);
    char *mark = strchr(text, 'e');
    int exponent = atoi(mark + 1);
    int count = (int)(mark - text);
    if (text[1] == '.') memmove(text + 1, text + 2, (size_t)--count - 1);
    while (count > 1 && text[count - 1] == '0') count--;
    bool is_plain = exponent >= -4 && number <= 0x1p53;
    (is_plain ? numbers_write_plain : numbers_write_scientific)(to, text, count, exponent);
}
