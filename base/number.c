/* Own digit loop instead of strtol: strtol accepts spaces, signs and an empty text. */
#include "base/number.h"

#include <string.h>

bool
pk_parse_number(const char *text, int64_t min, int64_t max, int64_t *out)
{
    bool negative = *text == '-';
    const char *digits = text + negative;
    if (*digits == '\0' || (digits[0] == '0' && (digits[1] != '\0' || negative))) {
        return false;
    }
    int64_t value = 0;
    for (const char *at = digits; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *at - '0', &value)) {
            return false;
        }
    }
    if (!negative && __builtin_sub_overflow(0, value, &value)) {
        return false;
    }
    if (value < min || value > max) {
        return false;
    }
    *out = value;
    return true;
}

struct unit {
    char letter;
    uint32_t seconds;
};

/* Largest first: formatting takes the first that divides. */
static const struct unit units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
enum { UNIT_COUNT = sizeof units / sizeof units[0] };

bool
pk_parse_duration(const char *text, uint32_t *seconds)
{
    if (strcmp(text, "unlimited") == 0) {
        *seconds = PK_DURATION_UNLIMITED;
        return true;
    }
    char digits[16];
    size_t length = strlen(text);
    if (length == 0 || length >= sizeof digits) {
        return false;
    }
    uint32_t factor = 1;
    memcpy(digits, text, length + 1);
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        if (digits[length - 1] == units[i].letter) {
            factor = units[i].seconds;
            digits[length - 1] = '\0';
            break;
        }
    }
    int64_t count;
    if (!pk_parse_number(digits, 0, (PK_DURATION_UNLIMITED - 1) / factor, &count)) {
        return false;
    }
    *seconds = (uint32_t)count * factor;
    return true;
}

const char *
pk_format_duration(struct pk_pool *pool, uint32_t seconds)
{
    if (seconds == PK_DURATION_UNLIMITED) {
        return "unlimited";
    }
    size_t unit = UNIT_COUNT - 1;
    for (size_t i = 0; i < UNIT_COUNT && seconds != 0; i++) {
        if (seconds % units[i].seconds == 0) {
            unit = i;
            break;
        }
    }
    return pk_sprintf(pool, "%u%c", seconds / units[unit].seconds, units[unit].letter);
}
